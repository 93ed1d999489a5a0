--[[
  Reads the version of the records in Redis. Writes it where there is none.

  Input:
    KEYS[1] VERSION  the key
    ARGV[1] version  that the calling program reads and writes

  Output:
    the version of the records
]]
local VERSION = KEYS[1]
local version = ARGV[1]

local recorded = redis.call('GET', VERSION)
if recorded then return recorded end
redis.call('SET', VERSION, version)
return version

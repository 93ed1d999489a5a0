--[[
  Returns the age of the ramp. A quarter of an hour without a call restarts it.

  Input:
    KEYS[1] RAMP  start of the ramp, milliseconds

  Output:
    milliseconds since the start of the ramp
]]
local RAMP = KEYS[1]

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('SET', RAMP, string.format('%.0f', now), 'NX', 'EX', 900)
redis.call('EXPIRE', RAMP, 900)
return string.format('%.0f', now - tonumber(redis.call('GET', RAMP)))

--[[
  Stores a process's newest sample of its throttle, and deletes samples older than 30 s. By Redis's clock, because the
  clocks of the processes may differ.

  Input:
    KEYS[1] SAMPLES  hash of the samples by process
    ARGV[1] process  id
    ARGV[2] sample  JSON

  Output:
    'published'
]]
local SAMPLES = KEYS[1]
local process, sample = ARGV[1], ARGV[2]

local time = redis.call('TIME')
local now = tonumber(time[1])
redis.call('HSET', SAMPLES, process, now .. '|' .. sample)
redis.call('EXPIRE', SAMPLES, 60)
for _, name in ipairs(redis.call('HKEYS', SAMPLES)) do
  local at = tonumber(string.match(redis.call('HGET', SAMPLES, name), '^%d+'))
  if now - at > 30 then redis.call('HDEL', SAMPLES, name) end
end
return 'published'

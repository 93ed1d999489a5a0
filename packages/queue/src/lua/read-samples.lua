--[[
  Reads the samples of the last five seconds.

  Input:
    KEYS[1] SAMPLES  hash of the samples by process

  Output:
    each sample as JSON
]]
local SAMPLES = KEYS[1]

local now = tonumber(redis.call('TIME')[1])
local fresh = {}
for _, text in ipairs(redis.call('HVALS', SAMPLES)) do
  local at, sample = string.match(text, '^(%d+)|(.*)$')
  if now - tonumber(at) <= 5 then table.insert(fresh, sample) end
end
return fresh

--[[
  Stores the report of a worker, deletes reports that are too old, and lists the rest. By Redis's clock, which all share.

  Input:
    KEYS[1] WORKERS  hash of the reports by worker
    ARGV[1] worker  id; empty to list only
    ARGV[2] report  JSON
    ARGV[3] goneAfterMs  age of a report that is too old

  Output:
    milliseconds since its report, and the report, of each live worker
]]
local WORKERS = KEYS[1]
local worker, report, goneAfterMs = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if worker ~= '' then
  redis.call('HSET', WORKERS, worker, string.format('%.0f', now) .. '|' .. report)
  redis.call('PEXPIRE', WORKERS, goneAfterMs)
end
local live = {}
local all = redis.call('HGETALL', WORKERS)
for index = 1, #all, 2 do
  local at, text = string.match(all[index + 1], '^(%d+)|(.*)$')
  local age = now - tonumber(at)
  if age > goneAfterMs then
    redis.call('HDEL', WORKERS, all[index])
  else
    table.insert(live, string.format('%.0f', age))
    table.insert(live, text)
  end
end
return live

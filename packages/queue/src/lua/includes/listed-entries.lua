--- @include "includes/task-keys"

-- Entries are listed by kind, up to a number of each. The score is the kind's number times a span, plus the arrival; the
-- member is that number, NUL, task, NUL, key.
local listSpan = 1000000000000

local function listEntry(task, maxKept, kind, key)
  local first = kind * listSpan
  local upTo = '(' .. string.format('%.0f', first + listSpan)
  if redis.call('ZCOUNT', LISTED, string.format('%.0f', first), upTo) >= maxKept then return end
  local arrival = redis.call('HINCRBY', OPERATION, 'arrivals', 1)
  local member = kind .. '\0' .. task .. '\0' .. key
  redis.call('ZADD', LISTED, 'NX', string.format('%.0f', first + arrival), member)
end

-- Goes through all of them: only a reset does.
local function forgetListed(task)
  local wanted = '\0' .. task .. '\0'
  for _, member in ipairs(redis.call('ZRANGE', LISTED, 0, -1)) do
    if string.sub(member, 2, #wanted + 1) == wanted then redis.call('ZREM', LISTED, member) end
  end
end

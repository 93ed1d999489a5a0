--- @include "includes/lists"

-- Reads a list of the coordinator's state (key, optional JSON). Each is stored in its own field. One without a value is deleted.
-- A value behind '>' instead of '=' is stored only over a smaller one, because many processes report it at once.
local function mergeCoordinatorState(key)
  for _ = 1, takeNumber() do
    local field, text = 'f:' .. take(), take()
    local json = optional(text)
    if string.sub(text, 1, 1) == '>' and (redis.call('HGET', key, field) or '') > json then
      json = redis.call('HGET', key, field)
    end
    if json then redis.call('HSET', key, field, json) else redis.call('HDEL', key, field) end
  end
end

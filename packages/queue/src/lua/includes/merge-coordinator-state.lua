--- @include "includes/lists"

-- Reads a list of the coordinator's state (key, optional JSON). Each is stored in its own field. One without a value is deleted.
local function mergeCoordinatorState(key)
  for _ = 1, takeNumber() do
    local field, json = 'f:' .. take(), takeOptional()
    if json then redis.call('HSET', key, field, json) else redis.call('HDEL', key, field) end
  end
end

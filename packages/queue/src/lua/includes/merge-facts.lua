--- @include "includes/lists"

-- Reads a list of facts (name, optional JSON). Each is stored in its own field. One without a value is deleted.
local function mergeFacts(key)
  for _ = 1, takeNumber() do
    local field, json = 'f:' .. take(), takeOptional()
    if json then redis.call('HSET', key, field, json) else redis.call('HDEL', key, field) end
  end
end

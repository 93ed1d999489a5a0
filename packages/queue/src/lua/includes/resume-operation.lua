--- @include "includes/lists"

-- Makes a completed operation the running one again. Reads a list of the coordinator's keys to delete.
local function resumeOperation(key, id, lockKey)
  redis.call('HSET', key, 'state', 'running', 'phase', 'migrating', 'control', 'run')
  redis.call('HDEL', key, 'reason')
  for _ = 1, takeNumber() do redis.call('HDEL', key, 'f:' .. take()) end
  redis.call('HSET', lockKey, 'id', id, 'control', 'run')
end

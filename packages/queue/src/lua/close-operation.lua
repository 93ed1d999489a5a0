--[[
  Ends an operation and releases the operation lock, if no lease is outstanding. A second call changes nothing.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] LOCK  hash of the operation lock
    KEYS[3] LEASES  sorted set of the leases
    ARGV[1] id  of the operation
    ARGV[2] state  at its end
    ARGV[3] finishedAt  ISO 8601
    ARGV[4] reason  optional

  Output:
    'closed'
    'not-found'
    'leased', count, milliseconds until the last lease expires: nothing was changed
]]
--- @include "includes/optional"
--- @include "includes/operation-state"
--- @include "includes/leases"

local OPERATION, LOCK, LEASES = KEYS[1], KEYS[2], KEYS[3]
local id, state, finishedAt, reason = ARGV[1], ARGV[2], ARGV[3], optional(ARGV[4])

local operation = readOperation(OPERATION)
if not operation then return 'not-found' end
if operation.state == 'running' then
  local leased = outstandingLeases(LEASES)
  if leased then return leased end
  redis.call('HSET', OPERATION, 'state', state, 'finishedAt', finishedAt)
  if reason then
    redis.call('HSET', OPERATION, 'reason', reason)
  elseif string.sub(state, 1, 9) == 'completed' then
    -- Why it once paused is no reason for how it ended.
    redis.call('HDEL', OPERATION, 'reason')
  end
  if readLock(LOCK).holder == id then redis.call('HDEL', LOCK, 'id', 'control') end
end
return 'closed'

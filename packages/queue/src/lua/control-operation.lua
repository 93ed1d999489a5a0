--[[
  Pauses, resumes or cancels an operation. After its end or a cancel it changes nothing.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] LOCK  hash of the operation lock
    ARGV[1] id  of the operation
    ARGV[2] control  run, pause or cancel
    ARGV[3] reason  optional

  Output:
    'controlled'
    'closed': too late
    'not-found'
]]
--- @include "includes/optional"
--- @include "includes/operation-state"

local OPERATION, LOCK = KEYS[1], KEYS[2]
local id, control, reason = ARGV[1], ARGV[2], optional(ARGV[3])

local operation = readOperation(OPERATION)
if not operation then return 'not-found' end
if operation.state ~= 'running' or operation.control == 'cancel' then return 'closed' end
redis.call('HSET', OPERATION, 'control', control)
if readLock(LOCK).holder == id then redis.call('HSET', LOCK, 'control', control) end
if reason and control ~= 'run' then
  redis.call('HSET', OPERATION, 'reason', reason)
else
  redis.call('HDEL', OPERATION, 'reason')
end
return 'controlled'

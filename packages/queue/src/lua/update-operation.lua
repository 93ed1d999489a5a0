--[[
  Sets the phase and the coordinator's state of an operation.

  Input:
    KEYS[1] OPERATION  hash of the operation
    ARGV[1] phase  optional
    ARGV[2...]  list of the coordinator's state: count, then key and JSON (optional: without it the key is deleted)

  Output:
    'updated'
    'not-found'
]]
--- @include "includes/merge-coordinator-state"

local OPERATION = KEYS[1]
local phase = optional(ARGV[1])
listsFrom(2)

if redis.call('EXISTS', OPERATION) == 0 then return 'not-found' end
if phase then redis.call('HSET', OPERATION, 'phase', phase) end
mergeCoordinatorState(OPERATION)
return 'updated'

--[[
  Sets the phase and the facts of an operation.

  Input:
    KEYS[1] OPERATION  hash of the operation
    ARGV[1] phase  optional
    ARGV[2...]  list of facts: count, then name and JSON (optional: without it the fact is deleted)

  Output:
    'updated'
    'not-found'
]]
--- @include "includes/merge-facts"

local OPERATION = KEYS[1]
local phase = optional(ARGV[1])
listsFrom(2)

if redis.call('EXISTS', OPERATION) == 0 then return 'not-found' end
if phase then redis.call('HSET', OPERATION, 'phase', phase) end
mergeFacts(OPERATION)
return 'updated'

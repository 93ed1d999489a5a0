--[[
  Reopens a completed migration to retry failures. Takes the operation lock.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] LOCK  hash of the operation lock
    ARGV[1] id  of the operation
    ARGV[2] retry  JSON: what is retried
    ARGV[3...]  list of the coordinator's keys that a retry deletes: count, then name

  Output:
    'reopened', the operation as recordText writes it
    'not-found'
    'rolled-back', id of the rollback
    'held', id of the active operation
    'not-retryable'
]]
--- @include "includes/operation-state"
--- @include "includes/resume-operation"
--- @include "includes/record-text"

local OPERATION, LOCK = KEYS[1], KEYS[2]
local id, retry = ARGV[1], ARGV[2]
listsFrom(3)

local operation = readOperation(OPERATION)
if not operation or operation.kind ~= 'migration' then return { 'not-found' } end
if operation.rolledBackBy then return { 'rolled-back', cjson.decode(operation.rolledBackBy) } end
local lock = readLock(LOCK)
if lock.holder then return { 'held', lock.holder } end
if not isRetryable(operation) then return { 'not-retryable' } end

resumeOperation(OPERATION, id, LOCK)
redis.call('HSET', OPERATION, 'f:retry', retry, 'listingDone', 0)
redis.call('HDEL', OPERATION, 'listingCursor')
return { 'reopened', recordText(OPERATION) }

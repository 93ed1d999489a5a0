--[[
  Starts an attempt at a task: a new epoch and a lease. May reopen a completed migration for it.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] LOCK  hash of the operation lock
    KEYS[3] BUCKET  hash of task records that holds this task
    KEYS[4] USED  bitmap of the buckets in use
    KEYS[5] ISSUES  hash of the kept issues
    KEYS[6] ORDER  sorted set of the kept issues by arrival
    KEYS[7] INDEX  sorted set of the kept issues for ranges by task
    KEYS[8] LEASES  sorted set of the leases
    KEYS[9] LISTED  sorted set of the listed entries
    ARGV[1] id  of the operation
    ARGV[2] task  name
    ARGV[3] field  of the task in its bucket
    ARGV[4] bucket  number
    ARGV[5] mayReopen  'reopen' or empty
    ARGV[6] isIsolated  'isolated' or empty: nothing else runs in this process
    ARGV[7] isRequestKnown  'known' or empty: the caller has the operation's request and binding
    ARGV[8] leaseMs  milliseconds
    ARGV[9] fingerprint  of the caller's binding
    ARGV[10] account  of the caller's binding, empty where unknown
    ARGV[11] quarantineAfter  starts without progress after which a task starts isolated only
    ARGV[12...]  list of the coordinator's keys that a retry deletes: count, then name

  Output:
    'started', epoch, starts without progress, counters, cursor (optional), the operation as recordText writes it
    'unknown-operation'
    'rolled-back', id of the rollback
    'closed'
    'other-binding'
    'not-current', id of the active operation if there is one
    'cancelled'
    'paused'
    'done': the task is finished
    'quarantined': the task starts isolated only
]]
--- @include "includes/task-keys"
--- @include "includes/operation-state"
--- @include "includes/resume-operation"
--- @include "includes/task-records"
--- @include "includes/kept-issues"
--- @include "includes/leases"
--- @include "includes/record-text"

local id, task, field, bucket = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local mayReopen, isIsolated, isRequestKnown = ARGV[5] == 'reopen', ARGV[6] == 'isolated', ARGV[7] == 'known'
local leaseMs, fingerprint, account, quarantineAfter = tonumber(ARGV[8]), ARGV[9], ARGV[10], tonumber(ARGV[11])
listsFrom(12)

local operation = readOperation(OPERATION)
if not operation then return { 'unknown-operation' } end
if operation.rolledBackBy then return { 'rolled-back', cjson.decode(operation.rolledBackBy) } end

local lock = readLock(LOCK)
local isClosed = operation.state ~= 'running'
if isClosed and not (mayReopen and isRetryable(operation)) then return { 'closed' } end
if not isSameBinding(operation, fingerprint, account) then return { 'other-binding' } end
if isClosed then
  if lock.holder then return { 'not-current', lock.holder } end
else
  if not isCurrent(operation, id, lock) then return { 'not-current', lock.holder or nil } end
  local control = controlOf(operation, id, lock)
  if control == 'cancel' then return { 'cancelled' } end
  if control == 'pause' then return { 'paused' } end
end

local record = readTask(field)
if record and record.state == 'd' then return { 'done' } end
if record and record.starts == quarantineAfter and not isIsolated then return { 'quarantined' } end

-- Only now, when nothing prevents the start any more.
if isClosed then resumeOperation(OPERATION, id, LOCK) end
if not record then
  -- A job may start before the coordinator has recorded its task.
  record = newTask()
  redis.call('SETBIT', USED, bucket, 1)
  redis.call('HINCRBY', OPERATION, 'listed', 1)
end
if record.state == 'f' then redis.call('HINCRBY', OPERATION, 'failed', -1) end
resolveIssue(record, task, '')
record.state = 'r'
record.epoch = record.epoch + 1
record.starts = record.starts + 1
writeTask(field, record)
grantLease(LEASES, id, task, record.epoch, leaseMs)
local cursor = record.cursor and '=' .. record.cursor or ''
return { 'started', record.epoch, record.starts, countersText(record), cursor, recordText(OPERATION, isRequestKnown) }

--[[
  Takes back all that a task has counted, so that it begins again.

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
    ARGV[4] epoch  of the attempt
    ARGV[5...]  the names of all counters, in the order of core's table

  Output:
    'run', 'pause' or 'cancel': reset, and the control to obey
    'stale': another attempt or operation has taken over
    'missing': the record is older than the attempt
]]
--- @include "includes/lists"
--- @include "includes/task-keys"
--- @include "includes/held-task"
--- @include "includes/kept-issues"
--- @include "includes/listed-entries"

local id, task, field, epoch = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
listsFrom(5)

local record, control = heldTask(id, field, epoch)
if not record then return control end

for _, number in ipairs(record.counters) do
  local name = take()
  if number ~= 0 then redis.call('HINCRBY', OPERATION, 't:' .. name, numberText(-number)) end
end
record.counters = {}
record.cursor = nil
forgetIssues(record, task)
forgetListed(task)
writeTask(field, record)
return control

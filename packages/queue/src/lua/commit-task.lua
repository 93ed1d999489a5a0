--[[
  Commits the progress of an attempt: counters, issues, cursor and state in one step. Renews the lease while the task runs.

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
    ARGV[5] state  queued, running, done or failed
    ARGV[6] maxKept  how many issues the operation keeps
    ARGV[7] maxBytes  how many bytes of issues the operation keeps
    ARGV[8] leaseMs  milliseconds
    ARGV[9] expected  progress that the commit builds on, as progressText writes it; optional
    ARGV[10] cursor  optional
    ARGV[11...]  list of counters: count, then index from zero, name and amount to add
      list of resolved issues: count, then key
      list of issues: count, then key, code and detail (JSON)
      list of entries to list: count, then number of the kind and key

  Output:
    'run', 'pause' or 'cancel': committed, and the control to obey
    'stale': another attempt or operation has taken over
    'missing': the record is older than the attempt, or not the expected one
]]
--- @include "includes/lists"
--- @include "includes/task-keys"
--- @include "includes/held-task"
--- @include "includes/kept-issues"
--- @include "includes/listed-entries"
--- @include "includes/leases"

local id, task, field, epoch, state = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local maxKept, maxBytes, leaseMs = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local expected, cursor = optional(ARGV[9]), optional(ARGV[10])
listsFrom(11)

-- An attempt that commits has no write under way. It starts none unless the result is `run`.
giveUpLease(LEASES, id, task, epoch)
local record, control = heldTask(id, field, epoch)
if not record then return control end
if expected and expected ~= progressText(record) then return 'missing' end

for _ = 1, takeNumber() do
  local index, name, amount = takeNumber(), take(), take()
  addToCounter(record, index + 1, tonumber(amount))
  redis.call('HINCRBY', OPERATION, 't:' .. name, amount)
end
for _ = 1, takeNumber() do resolveIssue(record, task, take()) end
for _ = 1, takeNumber() do recordIssue(record, task, maxKept, maxBytes, take(), take(), take()) end
for _ = 1, takeNumber() do listEntry(task, maxKept, takeNumber(), take()) end

if cursor then record.cursor = cursor end
-- The cursor of a finished task is never read.
if state == 'done' then record.cursor = nil end
record.starts = 0
record.state = string.sub(state, 1, 1)
if state == 'done' then redis.call('HINCRBY', OPERATION, 'completed', 1) end
if state == 'failed' then redis.call('HINCRBY', OPERATION, 'failed', 1) end
writeTask(field, record)
if state == 'running' and control == 'run' then grantLease(LEASES, id, task, epoch, leaseMs) end
return control

--[[
  Returns for each attempt whether it still holds its task. Renews the leases of those that may continue.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] LOCK  hash of the operation lock
    KEYS[3] LEASES  sorted set of the leases
    KEYS[4...]  the bucket of each attempt
    ARGV[1] id  of the operation
    ARGV[2] leaseMs  milliseconds
    ARGV[3...]  list of attempts: count, then task, field, epoch and the position of its bucket among the keys

  Output, one for each attempt:
    'run', 'pause' or 'cancel': the control to obey
    'stale': another attempt or operation has taken over
    'missing': the record is older than the attempt
]]
--- @include "includes/lists"

local OPERATION, LOCK, LEASES = KEYS[1], KEYS[2], KEYS[3]
local id, leaseMs = ARGV[1], tonumber(ARGV[2])
listsFrom(3)

-- The bucket of the current attempt.
local BUCKET
--- @include "includes/held-task"
--- @include "includes/leases"

local answers = {}
for index = 1, takeNumber() do
  local task, field, epoch = take(), take(), takeNumber()
  BUCKET = KEYS[takeNumber()]
  local record, control = heldTask(id, field, epoch)
  if record and control == 'run' then grantLease(LEASES, id, task, epoch, leaseMs) end
  answers[index] = control
end
return answers

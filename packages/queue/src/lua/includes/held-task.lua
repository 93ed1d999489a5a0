--- @include "includes/operation-state"
--- @include "includes/task-records"

-- The record of the task and the control to obey, if the attempt with this epoch still holds the task. Otherwise nil, and
-- `stale` or `missing`.
local function heldTask(id, field, epoch)
  local operation = readOperation(OPERATION)
  if not operation then return nil, 'missing' end
  if operation.state ~= 'running' then return nil, 'stale' end
  local lock = readLock(LOCK)
  if not isCurrent(operation, id, lock) then return nil, 'stale' end
  local record = readTask(field)
  if not record or record.epoch < epoch then return nil, 'missing' end
  if record.state ~= 'r' or record.epoch ~= epoch then return nil, 'stale' end
  return record, controlOf(operation, id, lock)
end

--- @include "includes/operation-state"
--- @include "includes/task-records"

-- The record of the task if the start with this epoch still holds it, and the control to obey. Otherwise nil, and
-- `stale` or `lost`.
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

-- What a script reads of the operation and of the operation lock before it changes anything.
local function readOperation(key)
  local values = redis.call(
    'HMGET', key, 'kind', 'state', 'parent', 'control', 'f:rolledBackBy', 'swept', 'fingerprint', 'account'
  )
  if not values[1] then return nil end
  return {
    kind = values[1], state = values[2], parent = values[3], control = values[4], rolledBackBy = values[5],
    isSwept = values[6], fingerprint = values[7], account = values[8]
  }
end

local function readLock(key)
  local values = redis.call('HMGET', key, 'id', 'control')
  return { holder = values[1], control = values[2] }
end

-- A run that was cut short has tasks that never began. To reopen it would begin them, which was not requested.
local function isRetryable(operation)
  -- A run whose task records were deleted would count its tasks a second time.
  return operation.kind == 'migration' and string.sub(operation.state, 1, 9) == 'completed' and not operation.isSwept
end

-- The same rule as core's isSameBinding: an account that one of the two does not know is not compared.
local function isSameBinding(operation, fingerprint, account)
  if operation.fingerprint ~= fingerprint then return false end
  return account == '' or operation.account == '' or operation.account == account
end

local function isCurrent(operation, id, lock)
  return lock.holder and (lock.holder == id or lock.holder == operation.parent)
end

-- A child operation is paused and cancelled with its parent. The lock carries the control of its holder, so that a
-- script about a child needs no key of the parent.
local function controlOf(operation, id, lock)
  local holders = lock.holder ~= id and lock.control or 'run'
  if operation.control == 'cancel' or holders == 'cancel' then return 'cancel' end
  if operation.control == 'pause' or holders == 'pause' then return 'pause' end
  return 'run'
end

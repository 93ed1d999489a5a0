import { factsOfAnEnd } from '@migrator/core';

/** What a script has to know of the operation and of the place before it does anything. */
export const operationState = String.raw`
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

local function readPlace(key)
  local values = redis.call('HMGET', key, 'id', 'control')
  return { holder = values[1], control = values[2] }
end

-- A run that was cut short has units that nobody has begun; to take it up again would begin them, unasked.
local function isRetryable(operation)
  -- One whose units are not known any more would count them a second time.
  return operation.kind == 'migration' and string.sub(operation.state, 1, 9) == 'completed' and not operation.isSwept
end

-- As core's isSameBinding has it: an account that one of the two does not know is not compared.
local function isSameBinding(operation, fingerprint, account)
  if operation.fingerprint ~= fingerprint then return false end
  return account == '' or operation.account == '' or operation.account == account
end

local function isCurrent(operation, id, place)
  return place.holder and (place.holder == id or place.holder == operation.parent)
end

-- A part is paused and cancelled with its parent. The place carries the control of its holder, so that a script about a
-- part need not know the parent's key.
local function controlOf(operation, id, place)
  local parents = place.holder ~= id and place.control or 'run'
  if operation.control == 'cancel' or parents == 'cancel' then return 'cancel' end
  if operation.control == 'pause' or parents == 'pause' then return 'pause' end
  return 'run'
end

local function takeUpAgain(key, id, placeKey)
  redis.call('HSET', key, 'state', 'running', 'phase', 'migrating', 'control', 'run')
  redis.call('HDEL', key, 'reason', ${factsOfAnEnd.map((fact) => `'f:${fact}'`).join(', ')})
  redis.call('HSET', placeKey, 'id', id, 'control', 'run')
end
`;

import { mergeFacts, readArguments } from './lua/arguments.ts';
import { leases } from './lua/leases.ts';
import { operationState } from './lua/operation-state.ts';
import { recordText } from './lua/record-text.ts';
import { script } from './run-script.ts';

/**
 * Answers with `opened`; with `late` and the last start, if the wanted one is not after it; with `held` and the id of
 * what stands against it; or with `not-found`, for a parent that there is not.
 */
export const openScript = script(
  readArguments,
  String.raw`
local OPERATION, PLACE, BY_START, PARENT = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, start, parent = take(), takeNumber(), takeOptional()

local values = redis.call('HMGET', PLACE, 'id', 'last')
local holder, last = values[1], tonumber(values[2] or 0)
if parent then
  local state = redis.call('HGET', PARENT, 'state')
  if not state then return { 'not-found' } end
  if state ~= 'running' then return { 'held', holder or parent } end
elseif holder then
  return { 'held', holder }
end
-- The id follows from the start, so the caller has to choose both anew.
if start <= last then return { 'late', last } end

redis.call('HSET', PLACE, 'last', start)
if not parent then redis.call('HSET', PLACE, 'id', id, 'control', 'run') end
redis.call('ZADD', BY_START, start, id)
for _ = 1, takeNumber() do redis.call('HSET', OPERATION, take(), take()) end
return { 'opened' }
`,
);

/**
 * Answers with `reopened` and the operation, as `recordText` has it; or with `not-found`, `rolled-back`, `held`,
 * `not-retryable`.
 */
export const reopenScript = script(
  readArguments,
  operationState,
  recordText,
  String.raw`
local OPERATION, PLACE = KEYS[1], KEYS[2]
local id, retry = take(), take()

local operation = readOperation(OPERATION)
if not operation or operation.kind ~= 'migration' then return { 'not-found' } end
if operation.rolledBackBy then return { 'rolled-back', cjson.decode(operation.rolledBackBy) } end
local place = readPlace(PLACE)
if place.holder then return { 'held', place.holder } end
if not isRetryable(operation) then return { 'not-retryable' } end

takeUpAgain(OPERATION, id, PLACE)
redis.call('HSET', OPERATION, 'f:retry', retry, 'listingDone', 0)
redis.call('HDEL', OPERATION, 'listingCursor')
return { 'reopened', recordText(OPERATION) }
`,
);

/** Answers with `closed`, `not-found`, or as `outstandingLeases` does (lua/leases.ts). */
export const closeScript = script(
  readArguments,
  operationState,
  leases,
  String.raw`
local OPERATION, PLACE, LEASES = KEYS[1], KEYS[2], KEYS[3]
local id, state, finishedAt, reason = take(), take(), take(), takeOptional()

local operation = readOperation(OPERATION)
if not operation then return 'not-found' end
if operation.state == 'running' then
  local leased = outstandingLeases(LEASES)
  if leased then return leased end
  redis.call('HSET', OPERATION, 'state', state, 'finishedAt', finishedAt)
  if reason then
    redis.call('HSET', OPERATION, 'reason', reason)
  elseif string.sub(state, 1, 9) == 'completed' then
    -- Why it once paused is no reason for how it ended.
    redis.call('HDEL', OPERATION, 'reason')
  end
  if readPlace(PLACE).holder == id then redis.call('HDEL', PLACE, 'id', 'control') end
end
return 'closed'
`,
);

/** A control that comes when the operation is over or being cancelled is too late and changes nothing. */
export const controlScript = script(
  readArguments,
  operationState,
  String.raw`
local OPERATION, PLACE = KEYS[1], KEYS[2]
local id, control, reason = take(), take(), takeOptional()

local operation = readOperation(OPERATION)
if not operation then return 'not-found' end
if operation.state ~= 'running' or operation.control == 'cancel' then return 'closed' end
redis.call('HSET', OPERATION, 'control', control)
if readPlace(PLACE).holder == id then redis.call('HSET', PLACE, 'control', control) end
if reason and control ~= 'run' then
  redis.call('HSET', OPERATION, 'reason', reason)
else
  redis.call('HDEL', OPERATION, 'reason')
end
return 'controlled'
`,
);

export const updateScript = script(
  readArguments,
  mergeFacts,
  String.raw`
if redis.call('EXISTS', KEYS[1]) == 0 then return 'not-found' end
local phase = takeOptional()
if phase then redis.call('HSET', KEYS[1], 'phase', phase) end
mergeFacts(KEYS[1])
return 'updated'
`,
);

/** Answers with `none`, or as `outstandingLeases` does (lua/leases.ts). */
export const leasesScript = script(leases, `return outstandingLeases(KEYS[1]) or { 'none' }`);

/** A run that the ledger has lost need not be marked: nothing of it can start. */
export const markRolledBackScript = script(String.raw`
for _, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'kind') == 'migration' then redis.call('HSET', key, 'f:rolledBackBy', ARGV[1]) end
end
return 'marked'
`);

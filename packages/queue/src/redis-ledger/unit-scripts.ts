import { suspectAfterStarts } from '@migrator/core';

import { mergeFacts, readArguments } from './lua/arguments.ts';
import { keptIssues } from './lua/kept-issues.ts';
import { keysOfUnit } from './lua/keys-of-a-unit.ts';
import { leases } from './lua/leases.ts';
import { operationState } from './lua/operation-state.ts';
import { recordText } from './lua/record-text.ts';
import { heldUnit, unitRecords } from './lua/unit-records.ts';
import { script } from './run-script.ts';

const aboutOneUnit = [readArguments, keysOfUnit, operationState, unitRecords, keptIssues, leases];

/**
 * Answers with `started`, epoch, starts, counters, the cursor (optional) and the operation, as `recordText` has it; or with
 * why not, and by what.
 */
export const startUnitScript = script(
  ...aboutOneUnit,
  recordText,
  String.raw`
local id, unit, field, bucket = take(), take(), take(), take()
local mayReopen, isAlone, isRequestKnown = take() == 'reopen', take() == 'alone', take() == 'known'
local leaseMs, fingerprint, account = takeNumber(), take(), take()

local operation = readOperation(OPERATION)
if not operation then return { 'unknown-operation' } end
if operation.rolledBackBy then return { 'rolled-back', cjson.decode(operation.rolledBackBy) } end

local place = readPlace(PLACE)
local isClosed = operation.state ~= 'running'
if isClosed and not (mayReopen and isRetryable(operation)) then return { 'closed' } end
if not isSameBinding(operation, fingerprint, account) then return { 'other-binding' } end
if isClosed then
  if place.holder then return { 'not-current', place.holder } end
else
  if not isCurrent(operation, id, place) then return { 'not-current', place.holder or nil } end
  local control = controlOf(operation, id, place)
  if control == 'cancel' then return { 'cancelled' } end
  if control == 'pause' then return { 'paused' } end
end

local record = readUnit(field)
if record and record.state == 'd' then return { 'done' } end
if record and record.starts == ${suspectAfterStarts} and not isAlone then return { 'suspect' } end

-- Only now, when nothing stands against the start any more.
if isClosed then takeUpAgain(OPERATION, id, PLACE) end
if not record then
  -- A job may start before the coordinator has recorded its unit.
  record = newUnit()
  redis.call('SETBIT', USED, bucket, 1)
  redis.call('HINCRBY', OPERATION, 'listed', 1)
end
if record.state == 'f' then redis.call('HINCRBY', OPERATION, 'failed', -1) end
resolveIssue(record, unit, '')
record.state = 'r'
record.epoch = record.epoch + 1
record.starts = record.starts + 1
writeUnit(field, record)
grantLease(LEASES, id, unit, record.epoch, leaseMs)
local cursor = record.cursor and '=' .. record.cursor or ''
return { 'started', record.epoch, record.starts, countersText(record), cursor, recordText(OPERATION, isRequestKnown) }
`,
);

/** Answers with the control to heed, `stale` or `lost`. */
export const commitScript = script(
  ...aboutOneUnit,
  heldUnit,
  String.raw`
local id, unit, field, epoch, state, maxKept = take(), take(), take(), takeNumber(), take(), takeNumber()
local maxBytes, leaseMs, upon, cursor = takeNumber(), takeNumber(), takeOptional(), takeOptional()

-- Whoever commits has no write under way: without an answer to go on it has none any more.
giveUpLease(LEASES, id, unit, epoch)
local record, control = heldUnit(id, field, epoch)
if not record then return control end
if upon and upon ~= standOf(record) then return 'lost' end

for _ = 1, takeNumber() do
  local index, name, amount = takeNumber(), take(), take()
  addToCounter(record, index + 1, tonumber(amount))
  redis.call('HINCRBY', OPERATION, 't:' .. name, amount)
end
for _ = 1, takeNumber() do resolveIssue(record, unit, take()) end
for _ = 1, takeNumber() do recordIssue(record, unit, maxKept, maxBytes, take(), take(), take()) end

if cursor then record.cursor = cursor end
-- Nobody asks a finished unit where it was.
if state == 'done' then record.cursor = nil end
record.starts = 0
record.state = string.sub(state, 1, 1)
if state == 'done' then redis.call('HINCRBY', OPERATION, 'completed', 1) end
if state == 'failed' then redis.call('HINCRBY', OPERATION, 'failed', 1) end
writeUnit(field, record)
if state == 'running' and control == 'run' then grantLease(LEASES, id, unit, epoch, leaseMs) end
return control
`,
);

/** Answers, for each start, with the control to heed, `stale` or `lost`. A unit comes as its bucket's place among the keys. */
export const lookScript = script(
  readArguments,
  'local OPERATION, PLACE, LEASES, BUCKET = KEYS[1], KEYS[2], KEYS[3]',
  operationState,
  unitRecords,
  heldUnit,
  leases,
  String.raw`
local id, leaseMs = take(), takeNumber()

local answers = {}
for index = 1, takeNumber() do
  local unit, field, epoch = take(), take(), takeNumber()
  BUCKET = KEYS[takeNumber()]
  local record, control = heldUnit(id, field, epoch)
  if record and control == 'run' then grantLease(LEASES, id, unit, epoch, leaseMs) end
  answers[index] = control
end
return answers
`,
);

/** Answers with the control to heed, `stale` or `lost`. */
export const resetUnitScript = script(
  ...aboutOneUnit,
  heldUnit,
  String.raw`
local id, unit, field, epoch = take(), take(), take(), takeNumber()

local record, control = heldUnit(id, field, epoch)
if not record then return control end

for _, number in ipairs(record.counters) do
  local name = take()
  if number ~= 0 then redis.call('HINCRBY', OPERATION, 't:' .. name, numberText(-number)) end
end
record.counters = {}
record.cursor = nil
forgetIssues(record, unit)
writeUnit(field, record)
return control
`,
);

/**
 * Units come as the number of their bucket, its place among the keys, and their field. A listing that is to go on from
 * another place than the one that is recorded is `lost`; its units may stay.
 */
export const addUnitsScript = script(
  readArguments,
  mergeFacts,
  String.raw`
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'not-found' end
if state ~= 'running' then return 'closed' end

local listed = 0
for _ = 1, takeNumber() do
  local bucket, key, field = take(), KEYS[takeNumber()], take()
  redis.call('SETBIT', KEYS[2], bucket, 1)
  listed = listed + redis.call('HSETNX', key, field, 'q')
end
redis.call('HINCRBY', KEYS[1], 'listed', listed)

if take() == 'listing' then
  local isUpon, upon, done, cursor = take() == 'upon', takeOptional(), take(), takeOptional()
  if isUpon and (redis.call('HGET', KEYS[1], 'listingCursor') or nil) ~= upon then return 'lost' end
  redis.call('HSET', KEYS[1], 'listingDone', done)
  if cursor then
    redis.call('HSET', KEYS[1], 'listingCursor', cursor)
  else
    redis.call('HDEL', KEYS[1], 'listingCursor')
  end
  mergeFacts(KEYS[1])
end
return 'added'
`,
);

/** Answers with the positions, from zero, of the units that were failed. */
export const requeueFailedScript = script(
  readArguments,
  String.raw`
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return { 'not-found' } end

local requeued = { 'requeued' }
if state ~= 'running' then return requeued end
for index = 0, takeNumber() - 1 do
  local _, key, field = take(), KEYS[takeNumber()], take()
  local text = redis.call('HGET', key, field)
  if text and string.sub(text, 1, 1) == 'f' then
    redis.call('HSET', key, field, 'q' .. string.sub(text, 2))
    table.insert(requeued, index)
  end
end
redis.call('HINCRBY', KEYS[1], 'failed', 1 - #requeued)
return requeued
`,
);

/**
 * A unit's record is one short text, because there may be a million of them:
 *
 *     state | epoch | starts without progress | counters | unkept issues | cursor
 *
 * `state` is the first letter of queued, running, done or failed. Counters are in the order of core's table, with
 * nothing for zero. Unkept issues are `code:count` (`*code` is the unit's own failure), for those beyond the cap.
 * Sections that are empty up to the end are left out; a cursor comes last because it may hold any character.
 */
export const unitRecords = String.raw`
local function readUnit(field)
  local text = redis.call('HGET', BUCKET, field)
  if not text then return nil end
  local state, epoch, starts, counters, unkept, rest =
    string.match(text, '^(%a)|?(%d*)|?(%d*)|?([^|]*)|?([^|]*)(.*)$')
  local record = { state = state, epoch = tonumber(epoch) or 0, starts = tonumber(starts) or 0, counters = {}, unkept = {} }
  for number in string.gmatch(counters .. ',', '([^,]*),') do
    table.insert(record.counters, tonumber(number) or 0)
  end
  for code, count in string.gmatch(unkept, '([^,:]+):(%d+)') do
    record.unkept[code] = tonumber(count)
  end
  if rest ~= '' then record.cursor = string.sub(rest, 2) end
  return record
end

local function newUnit()
  return { state = 'q', epoch = 0, starts = 0, counters = {}, unkept = {} }
end

-- %.0f, because Lua writes large numbers with an exponent.
local function numberText(number)
  if number == 0 then return '' end
  return string.format('%.0f', number)
end

local function countersText(record)
  local texts = {}
  for index, number in ipairs(record.counters) do texts[index] = numberText(number) end
  return (string.gsub(table.concat(texts, ','), ',+$', ''))
end

local function writeUnit(field, record)
  local unkept = {}
  for code, count in pairs(record.unkept) do
    if count > 0 then table.insert(unkept, code .. ':' .. count) end
  end
  local sections = {
    record.state,
    numberText(record.epoch),
    numberText(record.starts),
    countersText(record),
    table.concat(unkept, ','),
  }
  local text = table.concat(sections, '|')
  if record.cursor then
    text = text .. '|' .. record.cursor
  else
    text = string.gsub(text, '|+$', '')
  end
  redis.call('HSET', BUCKET, field, text)
end

-- What a commit is booked upon, as one text: counters have no bar.
local function standOf(record)
  return countersText(record) .. (record.cursor and '|' .. record.cursor or '')
end

local function addToCounter(record, index, amount)
  for missing = #record.counters + 1, index do record.counters[missing] = 0 end
  record.counters[index] = record.counters[index] + amount
end
`;

/**
 * The unit's record, if the start that took this epoch still holds it, with the control that its holder has to heed; or nil
 * with `stale` or `lost`.
 */
export const heldUnit = String.raw`
local function heldUnit(id, field, epoch)
  local operation = readOperation(OPERATION)
  if not operation then return nil, 'lost' end
  if operation.state ~= 'running' then return nil, 'stale' end
  local place = readPlace(PLACE)
  if not isCurrent(operation, id, place) then return nil, 'stale' end
  local record = readUnit(field)
  if not record or record.epoch < epoch then return nil, 'lost' end
  if record.state ~= 'r' or record.epoch ~= epoch then return nil, 'stale' end
  return record, controlOf(operation, id, place)
end
`;

-- There may be a million tasks, so the record of a task is one short text in the hash BUCKET:
--
--     state | epoch | starts without progress | counters | issues not kept | cursor
--
-- `state` is the first letter of queued, running, done or failed. Counters are in the order of core's table, with nothing
-- for zero. Issues not kept are `code:count` (`*code` is the task's own failure), for those beyond the limit. Empty
-- sections at the end are left out. The cursor comes last because it may hold any character.
local function readTask(field)
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

local function newTask()
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

local function writeTask(field, record)
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

-- What a commit compares with what it expects, as one text. Counters hold no bar.
local function progressText(record)
  return countersText(record) .. (record.cursor and '|' .. record.cursor or '')
end

local function addToCounter(record, index, amount)
  for missing = #record.counters + 1, index do record.counters[missing] = 0 end
  record.counters[index] = record.counters[index] + amount
end

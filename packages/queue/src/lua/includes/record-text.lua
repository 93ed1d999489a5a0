-- A record as one text: JSON of its fields and values by turns. A client decodes each text of an answer by itself, and
-- this answer comes with each start of a task. cjson changes no text: what it escapes means the same, and it passes on
-- bytes beyond ASCII, valid or not. A request can name ten thousand users, and neither it nor the binding ever changes.
-- Where the caller knows them, their values are left out.
local function recordText(key, isRequestKnown)
  local record = redis.call('HGETALL', key)
  if isRequestKnown then
    for index = 1, #record, 2 do
      local field = record[index]
      if field == 'request' or field == 'binding' or field == 'fingerprint' then record[index + 1] = '' end
    end
  end
  return cjson.encode(record)
end

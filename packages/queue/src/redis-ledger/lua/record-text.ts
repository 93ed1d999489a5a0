/**
 * A record as one text: JSON of its fields and values by turns, because a client takes every text of an answer by itself,
 * and such an answer comes with each start of a unit. cjson changes no text: what it escapes means the same, and bytes
 * beyond ASCII it passes on, whether they make sense or not. The request can name ten thousand users, and neither it nor
 * the binding ever changes: where they are known their values are left out.
 */
export const recordText = String.raw`
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
`;

/** Arguments are read one after another: lists come as their length and then their members. */
export const readArguments = String.raw`
local position = 0
local function take()
  position = position + 1
  return ARGV[position]
end

local function takeNumber()
  return tonumber(take())
end

-- A text that may be absent: nothing, or the text behind an equals sign, so that an empty text is one too.
local function takeOptional()
  local text = take()
  if text == '' then return nil end
  return string.sub(text, 2)
end
`;

/** Writes facts down, each under its own field; one without a value is taken away. */
export const mergeFacts = String.raw`
local function mergeFacts(key)
  for _ = 1, takeNumber() do
    local field, json = 'f:' .. take(), takeOptional()
    if json then redis.call('HSET', key, field, json) else redis.call('HDEL', key, field) end
  end
end
`;

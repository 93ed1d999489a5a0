-- An argument that may be absent: an empty text, or the value behind an equals sign. So an empty text can be a value.
local function optional(text)
  if text == '' then return nil end
  return string.sub(text, 2)
end

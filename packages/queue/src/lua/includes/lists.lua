--- @include "includes/optional"

-- Lists follow the numbered arguments and are read one member after another.
local position = 0

-- The first list begins at ARGV[first].
local function listsFrom(first)
  position = first - 1
end

local function take()
  position = position + 1
  return ARGV[position]
end

local function takeNumber()
  return tonumber(take())
end

local function takeOptional()
  return optional(take())
end

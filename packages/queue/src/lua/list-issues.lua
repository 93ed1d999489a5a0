--[[
  Lists kept issues of an operation by their arrival.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] ISSUES  hash of the kept issues
    KEYS[3] ORDER  sorted set of the kept issues by arrival
    ARGV[1] after  arrival; those after it are listed
    ARGV[2] limit  how many, and one more if there is one: so the caller knows whether there is a next page
    ARGV[3] wanted  code of an issue; optional

  Output:
    'found', then member and record of each issue
    'not-found': there is no such operation
]]
--- @include "includes/optional"

local OPERATION, ISSUES, ORDER = KEYS[1], KEYS[2], KEYS[3]
local after, limit, wanted = ARGV[1], tonumber(ARGV[2]), optional(ARGV[3])

if redis.call('EXISTS', OPERATION) == 0 then return { 'not-found' } end

local found = { 'found' }
local offset, chunk = 0, 500
repeat
  local members = redis.call('ZRANGEBYSCORE', ORDER, '(' .. after, '+inf', 'LIMIT', offset, chunk)
  for _, member in ipairs(members) do
    local text = redis.call('HGET', ISSUES, member)
    if not wanted or string.match(text, '^%d+|([^|]*)|') == wanted then
      table.insert(found, member)
      table.insert(found, text)
      if #found > limit * 2 + 1 then return found end
    end
  end
  offset = offset + chunk
until #members < chunk
return found

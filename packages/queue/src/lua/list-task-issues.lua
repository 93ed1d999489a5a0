--[[
  Lists the kept issues of one task.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] ISSUES  hash of the kept issues
    KEYS[3] INDEX  sorted set of the kept issues for ranges by task
    ARGV[1] task  name

  Output:
    'found', then member and record of each issue
    'not-found': there is no such operation
]]
local OPERATION, ISSUES, INDEX = KEYS[1], KEYS[2], KEYS[3]
local task = ARGV[1]

if redis.call('EXISTS', OPERATION) == 0 then return { 'not-found' } end

local found = { 'found' }
for _, member in ipairs(redis.call('ZRANGEBYLEX', INDEX, '[' .. task .. '\0', '(' .. task .. '\1')) do
  table.insert(found, member)
  table.insert(found, redis.call('HGET', ISSUES, member))
end
return found

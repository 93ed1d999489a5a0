--- @include "includes/task-keys"

-- Issues are counted by code in the operation. They are kept up to a number and a size in bytes, in three keys: a hash
-- from member (task, NUL, key) to `arrival|code|detail`, a sorted set by arrival to page through all, and a sorted set
-- with equal scores to find those of a task by range. For those beyond the limits the record of the task keeps how many
-- there are by code, so that a reset can subtract them. They can't be found by their key, except the task's own failure.
local function countCode(code, amount)
  redis.call('HINCRBY', OPERATION, 'k:' .. code, amount)
end

local function readIssue(member)
  local text = redis.call('HGET', ISSUES, member)
  if not text then return nil end
  local arrival, code = string.match(text, '^(%d+)|([^|]*)|')
  return arrival, code, text
end

-- The member is in all three.
local function addWeight(member, text, sign)
  redis.call('HINCRBY', OPERATION, 'issueBytes', sign * (3 * #member + #text))
end

local function removeIssue(member, code, text)
  addWeight(member, text, -1)
  redis.call('HDEL', ISSUES, member)
  redis.call('ZREM', ORDER, member)
  redis.call('ZREM', INDEX, member)
  countCode(code, -1)
end

local function removeUnkept(record, name)
  local code = string.gsub(name, '^%*', '')
  countCode(code, -record.unkept[name])
  record.unkept[name] = nil
end

local function removeUnkeptFailure(record)
  for name in pairs(record.unkept) do
    -- Returns, as there is one at most: a table that loses entries can't be walked on.
    if string.sub(name, 1, 1) == '*' then return removeUnkept(record, name) end
  end
end

local function resolveIssue(record, task, key)
  local member = task .. '\0' .. key
  local arrival, code, text = readIssue(member)
  if arrival then
    removeIssue(member, code, text)
  elseif key == '' then
    removeUnkeptFailure(record)
  end
end

local function recordIssue(record, task, maxKept, maxBytes, key, code, detail)
  local member = task .. '\0' .. key
  local arrival, oldCode, oldText = readIssue(member)
  if arrival then
    countCode(oldCode, -1)
    addWeight(member, oldText, -1)
  elseif key == '' then
    removeUnkeptFailure(record)
  end
  countCode(code, 1)
  if not arrival then
    local bytes = tonumber(redis.call('HGET', OPERATION, 'issueBytes') or 0)
    if redis.call('HLEN', ISSUES) >= maxKept or bytes + 3 * #member + #code + #detail > maxBytes then
      local name = key == '' and '*' .. code or code
      record.unkept[name] = (record.unkept[name] or 0) + 1
      return
    end
    arrival = redis.call('HINCRBY', OPERATION, 'arrivals', 1)
    redis.call('ZADD', ORDER, arrival, member)
    redis.call('ZADD', INDEX, 0, member)
  end
  local text = arrival .. '|' .. code .. '|' .. detail
  addWeight(member, text, 1)
  redis.call('HSET', ISSUES, member, text)
end

local function membersOf(task)
  return redis.call('ZRANGEBYLEX', INDEX, '[' .. task .. '\0', '(' .. task .. '\1')
end

local function forgetIssues(record, task)
  for _, member in ipairs(membersOf(task)) do
    local _, code, text = readIssue(member)
    removeIssue(member, code, text)
  end
  local names = {}
  for name in pairs(record.unkept) do table.insert(names, name) end
  for _, name in ipairs(names) do removeUnkept(record, name) end
end

--[[
  Opens an operation and takes the operation lock. A child operation needs no lock, but a running parent.

  Input:
    KEYS[1] OPERATION  hash of the new operation
    KEYS[2] LOCK  hash of the operation lock
    KEYS[3] BY_START  sorted set of the operations of this kind by their start
    KEYS[4] PARENT  hash of the parent; not given without a parent
    ARGV[1] id  of the new operation
    ARGV[2] start  milliseconds; the id follows from it
    ARGV[3] parent  id, optional
    ARGV[4...]  list of the operation's fields: count of pairs, then field and value

  Output:
    'opened'
    'late', last start: the start is not after it; choose a later start and its id
    'held', id: of the operation that prevents this one
    'not-found': there is no such parent
]]
--- @include "includes/lists"

local OPERATION, LOCK, BY_START, PARENT = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, start, parent = ARGV[1], tonumber(ARGV[2]), optional(ARGV[3])
listsFrom(4)

local values = redis.call('HMGET', LOCK, 'id', 'last')
local holder, last = values[1], tonumber(values[2] or 0)
if parent then
  local state = redis.call('HGET', PARENT, 'state')
  if not state then return { 'not-found' } end
  if state ~= 'running' then return { 'held', holder or parent } end
elseif holder then
  return { 'held', holder }
end
if start <= last then return { 'late', last } end

redis.call('HSET', LOCK, 'last', start)
if not parent then redis.call('HSET', LOCK, 'id', id, 'control', 'run') end
redis.call('ZADD', BY_START, start, id)
for _ = 1, takeNumber() do redis.call('HSET', OPERATION, take(), take()) end
return { 'opened' }

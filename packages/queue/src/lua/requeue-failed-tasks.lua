--[[
  Makes failed tasks queued ones again. Others stay as they are.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2...]  its used buckets, which this script does not read, then each bucket once
    ARGV[1...]  list of tasks: count, then bucket number, position of its bucket among the keys, and field

  Output:
    'requeued', position from zero of each task that was failed
    'not-found'
]]
--- @include "includes/lists"

local OPERATION = KEYS[1]
listsFrom(1)

local state = redis.call('HGET', OPERATION, 'state')
if not state then return { 'not-found' } end

local requeued = { 'requeued' }
if state ~= 'running' then return requeued end
for index = 0, takeNumber() - 1 do
  local _, key, field = take(), KEYS[takeNumber()], take()
  local text = redis.call('HGET', key, field)
  if text and string.sub(text, 1, 1) == 'f' then
    redis.call('HSET', key, field, 'q' .. string.sub(text, 2))
    table.insert(requeued, index)
  end
end
redis.call('HINCRBY', OPERATION, 'failed', 1 - #requeued)
return requeued

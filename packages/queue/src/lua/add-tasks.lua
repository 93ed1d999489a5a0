--[[
  Records tasks that were listed, and with the last of them the position of the listing. Known tasks stay as they are.

  Input:
    KEYS[1] OPERATION  hash of the operation
    KEYS[2] USED  bitmap of the buckets in use
    KEYS[3...]  each bucket once
    ARGV[1] isLast  'listing' (the listing advances after these) or 'more'; with 'more' the next four are empty
    ARGV[2] isExpecting  'expected' or empty: compare the recorded cursor with the expected one
    ARGV[3] expected  cursor that the listing continued from; optional
    ARGV[4] done  1 or 0
    ARGV[5] cursor  where the listing continues; optional
    ARGV[6...]  list of tasks: count, then bucket number, position of its bucket among the keys, and field
      with 'listing' a list of the coordinator's state: count, then key and JSON (optional: without it the key is deleted)

  Output:
    'added'
    'not-found'
    'closed'
    'missing': the recorded cursor is not the expected one; the tasks are recorded
]]
--- @include "includes/merge-coordinator-state"

local OPERATION, USED = KEYS[1], KEYS[2]
local isLast, isExpecting, expected = ARGV[1] == 'listing', ARGV[2] == 'expected', optional(ARGV[3])
local done, cursor = ARGV[4], optional(ARGV[5])
listsFrom(6)

local state = redis.call('HGET', OPERATION, 'state')
if not state then return 'not-found' end
if state ~= 'running' then return 'closed' end

local listed = 0
for _ = 1, takeNumber() do
  local bucket, key, field = take(), KEYS[takeNumber()], take()
  redis.call('SETBIT', USED, bucket, 1)
  listed = listed + redis.call('HSETNX', key, field, 'q')
end
redis.call('HINCRBY', OPERATION, 'listed', listed)

if isLast then
  if isExpecting and (redis.call('HGET', OPERATION, 'listingCursor') or nil) ~= expected then return 'missing' end
  redis.call('HSET', OPERATION, 'listingDone', done)
  if cursor then
    redis.call('HSET', OPERATION, 'listingCursor', cursor)
  else
    redis.call('HDEL', OPERATION, 'listingCursor')
  end
  mergeCoordinatorState(OPERATION)
end
return 'added'

-- Leases that may still be held, of all operations: a sorted set of `operation|epoch|task` by the end of each, in
-- milliseconds of Redis's own clock. One operation runs at a time and none ends before its leases have ended. So all
-- leases belong to what runs, one for each attempt. A lease that a newer start has taken over stays until it expires.
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function grantLease(key, id, task, epoch, leaseMs)
  redis.call('ZADD', key, nowMs() + leaseMs, id .. '|' .. epoch .. '|' .. task)
end

local function giveUpLease(key, id, task, epoch)
  redis.call('ZREM', key, id .. '|' .. epoch .. '|' .. task)
end

-- The number of leases, and the milliseconds until the last one expires. Nil if there is none.
local function outstandingLeases(key)
  local now = nowMs()
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  if not last[2] then return nil end
  return { 'leased', redis.call('ZCARD', key), last[2] - now }
end

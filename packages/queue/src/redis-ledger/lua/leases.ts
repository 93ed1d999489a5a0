/**
 * Leases that may still be held, of all operations: a sorted set of `operation|epoch|unit` by the end of each, in milliseconds
 * of Redis's own clock. One operation runs at a time and none ends before its leases have, so that those that there are belong
 * to what runs; there are as many as attempts. One that a newer start has taken over stays until it runs out.
 */
export const leases = String.raw`
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function grantLease(key, id, unit, epoch, leaseMs)
  redis.call('ZADD', key, nowMs() + leaseMs, id .. '|' .. epoch .. '|' .. unit)
end

local function giveUpLease(key, id, unit, epoch)
  redis.call('ZREM', key, id .. '|' .. epoch .. '|' .. unit)
end

-- How many there are, and for how many milliseconds the last of them may be held; nil where there is none.
local function outstandingLeases(key)
  local now = nowMs()
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  if not last[2] then return nil end
  return { 'leased', redis.call('ZCARD', key), last[2] - now }
end
`;

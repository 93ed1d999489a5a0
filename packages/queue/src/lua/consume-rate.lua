--[[
  Takes points from a rate limit. Like the script of rate-limiter-flexible, which runs it, but in milliseconds instead of
  whole seconds.

  Input:
    KEYS[1] LIMIT  counter of the points that were taken in this window
    ARGV[1] points  to take
    ARGV[2] windowMs  length of a window, milliseconds

  Output:
    points taken in this window, milliseconds until it ends
]]
local LIMIT = KEYS[1]
local points, windowMs = ARGV[1], ARGV[2]

redis.call('SET', LIMIT, 0, 'PX', windowMs, 'NX')
local consumed = redis.call('INCRBY', LIMIT, points)
local ttl = redis.call('PTTL', LIMIT)
return { consumed, ttl }

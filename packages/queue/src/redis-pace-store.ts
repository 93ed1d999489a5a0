import { type PaceSample, type PaceStore, takeFrom, windowOf } from '@migrator/engine';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RedisConnection } from './connect-redis.ts';
import { namingRedisErrors } from './redis-errors.ts';
import { runScript, script } from './redis-ledger/run-script.ts';

/** The library's own script but for its unit of time: it gets milliseconds where it has whole seconds. */
const consumeScript = `
redis.call('set', KEYS[1], 0, 'PX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
local ttl = redis.call('pttl', KEYS[1])
return { consumed, ttl }
`;

/** By Redis's clock, as those of the processes may differ. Samples of processes that have gone are swept. */
const publishScript = script(String.raw`
local time = redis.call('TIME')
local now = tonumber(time[1])
redis.call('HSET', KEYS[1], ARGV[1], now .. '|' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], 60)
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  local at = tonumber(string.match(redis.call('HGET', KEYS[1], name), '^%d+'))
  if now - at > 30 then redis.call('HDEL', KEYS[1], name) end
end
return 'published'
`);

const samplesScript = script(String.raw`
local now = tonumber(redis.call('TIME')[1])
local fresh = {}
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
  local at, sample = string.match(text, '^(%d+)|(.*)$')
  if now - tonumber(at) <= 5 then table.insert(fresh, sample) end
end
return fresh
`);

/** Milliseconds since the first of those who asked with less than a quarter of an hour in between. */
const rampScript = script(String.raw`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('SET', KEYS[1], string.format('%.0f', now), 'NX', 'EX', 900)
redis.call('EXPIRE', KEYS[1], 900)
return string.format('%.0f', now - tonumber(redis.call('GET', KEYS[1])))
`);

/** What all processes know of the pace, in Redis: `<prefix>:pace:*`. The connection stays the caller's. */
export function createRedisPaceStore({
  redis,
  prefix,
}: {
  redis: RedisConnection;
  prefix: string;
}): PaceStore {
  const root = `${prefix}:pace`;
  const limiters = new Map<string, { perSecond: number; limiter: RateLimiterRedis }>();

  function limiterOf(resource: string, perSecond: number): RateLimiterRedis {
    const known = limiters.get(resource);
    if (known?.perSecond === perSecond) return known.limiter;
    const { windowMs, points } = windowOf(perSecond);
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: root,
      points,
      duration: windowMs,
      customIncrTtlLuaScript: consumeScript,
    });
    limiters.set(resource, { perSecond, limiter });
    return limiter;
  }

  const store: PaceStore = {
    take: (resource, units, perSecond) => takeFrom(limiterOf(resource, perSecond), resource, units),
    async maximum() {
      const text = await redis.get(`${root}:maximum`);
      return text === null ? undefined : text === 'none' ? null : Number(text);
    },
    async setMaximum(maximum) {
      await redis.set(`${root}:maximum`, maximum === null ? 'none' : maximum);
    },
    async publish(process, sample) {
      await runScript(redis, publishScript, [`${root}:samples`], [process, JSON.stringify(sample)]);
    },
    async samples() {
      const texts = await runScript(redis, samplesScript, [`${root}:samples`], []);
      return texts.map((text) => JSON.parse(text) as PaceSample);
    },
    async rampAge() {
      const [age] = await runScript(redis, rampScript, [`${root}:ramp`], []);
      return Number(age);
    },
  };
  return namingRedisErrors(store, redis);
}

import { type RateSample, type SharedRateLimit, takeFrom, windowOf } from '@migrator/engine';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RedisConnection } from './primary-redis.ts';
import { namingRedisErrors } from './redis-errors.ts';
import { LedgerKeys } from './redis-ledger/ledger-keys.ts';
import { loadScript, runScript } from './run-script.ts';

const consumeScript = loadScript('consume-rate');
const publishScript = loadScript('publish-sample');
const samplesScript = loadScript('read-samples');
const rampScript = loadScript('read-ramp-age');

/** The shared rate limit in Redis: `<prefix>:pace:*`. The caller closes the connection. */
export function createRedisRateLimit({
  redis,
  prefix,
}: {
  redis: RedisConnection;
  prefix: string;
}): SharedRateLimit {
  const root = `${prefix}:pace`;
  const maximumKey = `${root}:maximum`;
  const setForKey = `${root}:maximum:for`;
  const ledgerKeys = new LedgerKeys(prefix);
  const isRunning = async (id: string): Promise<boolean> =>
    (await redis.hget(ledgerKeys.operation(id), 'state')) === 'running';
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
      customIncrTtlLuaScript: consumeScript.source,
    });
    limiters.set(resource, { perSecond, limiter });
    return limiter;
  }

  const store: SharedRateLimit = {
    take: (resource, units, perSecond) => takeFrom(limiterOf(resource, perSecond), resource, units),
    async maximum() {
      const [text = null, operationId] = await redis.mget(maximumKey, setForKey);
      if (text === null) return undefined;
      if (operationId && !(await isRunning(operationId))) return undefined;
      return text === 'none' ? null : Number(text);
    },
    async setMaximum(maximum, operationId = '') {
      await redis.mset(maximumKey, maximum === null ? 'none' : maximum, setForKey, operationId);
    },
    async publish(process, sample) {
      await runScript(redis, publishScript, [`${root}:samples`], [process, JSON.stringify(sample)]);
    },
    async samples() {
      const texts = await runScript(redis, samplesScript, [`${root}:samples`], []);
      return texts.map((text) => JSON.parse(text) as RateSample);
    },
    async rampAge() {
      const [age] = await runScript(redis, rampScript, [`${root}:ramp`], []);
      return Number(age);
    },
  };
  return namingRedisErrors(store, redis);
}

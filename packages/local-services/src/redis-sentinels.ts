import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisOptions } from './redis.ts';
import { startRedis } from './redis.ts';
import type { RedisService } from './redis-service.ts';
import { Releasers } from './releasers.ts';

export interface RedisSentinelsOptions extends Pick<RedisOptions, 'appendOnly' | 'onUnexpectedEnd'> {
  /** After how long the primary counts as gone; 1,000 ms by default. */
  downAfterMs?: number;
}

export interface RedisSentinelsService extends AsyncDisposable {
  /** `redis+sentinel://127.0.0.1:PORT,…/mymaster` */
  readonly url: string;
  /** The first primary and its replica. */
  readonly servers: readonly [RedisService, RedisService];
  readonly sentinels: readonly RedisService[];
  /** The port of the primary, as the sentinels have it now. */
  primaryPort(): Promise<number>;
  stop(): Promise<void>;
}

const NAME = 'mymaster';
const READY_LIMIT_MS = 30_000;

/**
 * Starts a primary, its replica and three sentinels on 127.0.0.1; resolves when the sentinels know of all. Needs a
 * redis-server here.
 */
export async function startRedisSentinels(
  options: RedisSentinelsOptions = {},
): Promise<RedisSentinelsService> {
  const { downAfterMs = 1_000, ...redisOptions } = options;
  const releasers = new Releasers();
  const stop = (): Promise<void> => releasers.release();
  const start = async (more: RedisOptions): Promise<RedisService> => {
    const service = await startRedis({ ...redisOptions, ...more });
    releasers.add(() => service.stop());
    return service;
  };
  try {
    const primary = await start({});
    const replica = await start({ settings: () => ['--replicaof', '127.0.0.1', String(primary.port)] });
    const config = [
      `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 2`,
      `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${NAME} 10000`,
      '',
    ].join('\n');
    const starts = Array.from({ length: 3 }, () => start({ sentinel: config }));
    await Promise.allSettled(starts);
    const sentinels = await Promise.all(starts);
    await untilWatched(sentinels);
    return {
      url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
      servers: [primary, replica],
      sentinels,
      primaryPort: () => primaryPort(sentinels),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilWatched(sentinels: readonly RedisService[]): Promise<void> {
  const end = Date.now() + READY_LIMIT_MS;
  for (const sentinel of sentinels) {
    const client = new Redis(sentinel.url);
    try {
      while (!/slaves=1,sentinels=3/.test(await client.info('sentinel'))) {
        if (Date.now() > end) throw new Error('The sentinels did not find each other in time.');
        await delay(50);
      }
    } finally {
      client.disconnect();
    }
  }
}

async function primaryPort(sentinels: readonly RedisService[]): Promise<number> {
  const [first] = sentinels;
  if (first === undefined) throw new Error('There is no sentinel.');
  const client = new Redis(first.url);
  try {
    const address: unknown = await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
    return Number(Array.isArray(address) ? address[1] : undefined);
  } finally {
    client.disconnect();
  }
}

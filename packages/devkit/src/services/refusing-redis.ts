import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { startRedis } from './redis.ts';
import type { RedisService } from './redis-service.ts';

/** A real Redis that can be made to reject writes or clients, in each possible way. */
export interface RefusingRedis extends AsyncDisposable {
  readonly service: RedisService;
  /** In one of the ways of `redisRefusals`; undone by `restore`. */
  refuse(how: Refusal): Promise<void>;
  restore(): Promise<void>;
  connections(): Promise<number>;
  /** Resolves after so many seconds by Redis's clock. */
  seconds(count: number): Promise<void>;
  keys(pattern: string): Promise<readonly string[]>;
}

type Refusal = keyof typeof redisRefusals;

/** Keeps its access while others are refused. */
const admin = { username: 'admin', password: 'of-the-admin' };

/** Each way, with the product's code for it. */
export const redisRefusals = {
  full: 'REDIS_FULL',
  'not saving': 'REDIS_NOT_SAVING',
  'no replicas': 'REDIS_NO_REPLICAS',
  'a replica': 'REDIS_READ_ONLY',
  'requires a password': 'REDIS_AUTH_REQUIRED',
  'denies needed commands': 'REDIS_ACCESS_DENIED',
} as const;

export async function startRefusingRedis(): Promise<RefusingRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'refusing-redis-'));
  const service = await startRedis({
    dataDir,
    settings: () => [
      '--save',
      '3600 1',
      '--user',
      admin.username,
      'on',
      `>${admin.password}`,
      '~*',
      '&*',
      '+@all',
    ],
  });
  const redis = new Redis({ ...admin, port: service.port });
  const config = (...pairs: string[]): Promise<unknown> => redis.call('CONFIG', 'SET', ...pairs);
  const others = (): Promise<unknown> =>
    redis.call('CLIENT', 'KILL', 'USER', 'default').catch(() => undefined);
  const ways: Record<Refusal, () => Promise<unknown>> = {
    full: () => config('maxmemory', '1'),
    async 'not saving'() {
      await redis.set('something', 'to save');
      await rm(dataDir, { recursive: true });
      await redis.call('BGSAVE');
      while (!(await redis.info('persistence')).includes('rdb_last_bgsave_status:err')) await delay(20);
    },
    'no replicas': () => config('min-replicas-to-write', '1'),
    'a replica': () => redis.call('REPLICAOF', '127.0.0.1', '1'),
    async 'requires a password'() {
      await config('requirepass', 'a password');
      await others();
    },
    async 'denies needed commands'() {
      await redis.call('ACL', 'SETUSER', 'default', '-@write', '-@scripting');
    },
  };
  const statistic = async (name: string): Promise<number> =>
    Number(new RegExp(String.raw`^${name}:(\d+)`, 'm').exec(await redis.info())?.[1]);
  return {
    service,
    connections: () => statistic('total_connections_received'),
    async seconds(count) {
      const end = (await statistic('uptime_in_seconds')) + count;
      while ((await statistic('uptime_in_seconds')) < end) await delay(100);
    },
    keys: (pattern) => redis.keys(pattern),
    async refuse(how) {
      await ways[how]();
    },
    async restore() {
      await redis.call('REPLICAOF', 'NO', 'ONE');
      await config('maxmemory', '0', 'min-replicas-to-write', '0', 'stop-writes-on-bgsave-error', 'no');
      await redis.call('ACL', 'SETUSER', 'default', 'on', 'nopass', '+@all');
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

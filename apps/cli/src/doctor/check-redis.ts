import type { Config } from '@migrator/config';
import {
  closeRedis,
  connectRedis,
  createWorkerRegistry,
  type RedisConnection,
  requireFitRedis,
  requireRedis,
} from '@migrator/queue';

import {
  judgeClock,
  judgeMemory,
  judgePersistence,
  judgeRedisVersion,
  judgeWorkers,
  parseInfo,
} from './judge.ts';
import { fail, type Line, ok, timed } from './line.ts';

const limitMs = 10_000;

export async function checkRedis({ redis: settings }: Config, users: number): Promise<Line[]> {
  const redis = connectRedis(settings, 'api', () => undefined);
  try {
    await requireRedis(redis, limitMs);
    const { ms } = await timed(redis.ping());
    return [
      ok('Redis', `answers in ${ms} ms, queue ${settings.prefix}`),
      ...(await check(redis, settings, users)),
    ];
  } catch (error) {
    return [fail('Redis', error)];
  } finally {
    await closeRedis(redis);
  }
}

async function check(redis: RedisConnection, settings: Config['redis'], users: number): Promise<Line[]> {
  const info = parseInfo(await redis.info());
  const save = await redis.config('GET', 'save').then(
    (answer) => (Array.isArray(answer) ? answer[1] : undefined),
    () => undefined,
  );
  const before = Date.now();
  const [seconds = 0, microseconds = 0] = await redis.time();
  const now = (before + Date.now()) / 2;
  return [
    judgeRedisVersion(info),
    await requireFitRedis(redis, settings.prefix).then(
      () => ok('Redis settings', 'takes writes, never evicts (noeviction)'),
      (error: unknown) => fail('Redis settings', error),
    ),
    judgePersistence(info, save),
    judgeMemory(info, users),
    judgeClock('Redis', now - (seconds * 1_000 + microseconds / 1_000)),
    await createWorkerRegistry(redis, settings.prefix)
      .list()
      .then(judgeWorkers, (error: unknown) => fail('Workers', error)),
  ];
}

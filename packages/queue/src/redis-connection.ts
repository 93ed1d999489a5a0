import { MigrationError } from '@migrator/core';
import { Redis, type RedisOptions } from 'ioredis';

export type RedisRole =
  /** Answers people: fails fast, so that a request gets its 503 within seconds. */
  | 'api'
  /** Keeps the books: a command whose answer is lost is never sent a second time, or it would be booked twice. */
  | 'ledger'
  /** BullMQ's, in a worker that runs for hours: waits for a Redis that is away and goes on. */
  | 'queue';

const roles = {
  // The offline queue stays on: BullMQ's first command, sent at start, must wait for a Redis that comes up later.
  api: { maxRetriesPerRequest: 0, commandTimeout: 2_500 },
  ledger: { maxRetriesPerRequest: 0 },
  queue: { maxRetriesPerRequest: null },
} satisfies Record<RedisRole, RedisOptions>;

/** A connection that never throws by itself; `onError` hears of its troubles, at most once for each loss. */
export function connectRedis(url: string, role: RedisRole, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    connectTimeout: 2_000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), 1_000),
    ...roles[role],
  });
  let reported = false;
  redis.on('error', (error: Error) => {
    if (!reported) onError(error);
    reported = true;
  });
  redis.on('ready', () => {
    reported = false;
  });
  return redis;
}

/** Resolves when Redis answers; throws REDIS_UNAVAILABLE after the limit. */
export async function requireRedis(redis: Redis, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let ready: (() => void) | undefined;
  try {
    await Promise.race([
      (async () => {
        if (redis.status !== 'ready') {
          await new Promise<void>((resolve) => {
            ready = resolve;
            redis.once('ready', resolve);
          });
        }
        await redis.ping();
      })(),
      new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
      }),
    ]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MigrationError(
      'REDIS_UNAVAILABLE',
      `Redis can't be reached (${why}); check REDIS_URL and that it runs`,
    );
  } finally {
    clearTimeout(timer);
    if (ready !== undefined) redis.off('ready', ready);
  }
}

/** Throws unless Redis never evicts: a queue whose keys are thrown away under pressure loses jobs in silence. */
export async function requireNoEviction(redis: Redis): Promise<void> {
  const memory = await redis.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new MigrationError(
    'REDIS_EVICTS',
    `Redis has maxmemory-policy ${policy} and would throw jobs and books away under memory pressure; ` +
      'set it to noeviction (CONFIG SET maxmemory-policy noeviction)',
  );
}

/** Ends the connection, politely if Redis answers. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') {
    redis.disconnect();
    return;
  }
  try {
    await redis.quit();
  } catch {
    redis.disconnect();
  }
}

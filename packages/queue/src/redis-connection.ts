import { MigrationError } from '@migrator/core';
import { Redis } from 'ioredis';

import type { RedisConnection } from './connect-redis.ts';

/** Resolves when Redis answers; throws REDIS_UNAVAILABLE after the limit. */
export async function requireRedis(redis: RedisConnection, limitMs: number): Promise<void> {
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
        await requireAnswer(redis);
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

/** Of a cluster any node answers, but all slots have to be served. */
async function requireAnswer(redis: RedisConnection): Promise<void> {
  if (redis instanceof Redis) await redis.ping();
  else if (fieldOf(await redis.cluster('INFO'), 'cluster_state') !== 'ok') {
    throw new Error('the cluster is down');
  }
}

/**
 * Throws unless Redis can be trusted with the queue and the books: it never evicts (one whose keys are thrown away under
 * pressure loses jobs in silence), and it is not one node of a cluster that we take for the whole.
 */
export async function requireFitRedis(redis: RedisConnection): Promise<void> {
  if (redis instanceof Redis) {
    const info = await redis.info();
    requireNoEviction(info);
    if (fieldOf(info, 'cluster_enabled') === '1') throw oneOfMany();
    return;
  }
  // A node that is away is another's concern: it evicts nothing now.
  const infos = await Promise.allSettled(redis.nodes('master').map((node: Redis) => node.info('memory')));
  for (const info of infos) if (info.status === 'fulfilled') requireNoEviction(info.value);
}

function requireNoEviction(info: string): void {
  const policy = fieldOf(info, 'maxmemory_policy');
  if (policy === undefined || policy === 'noeviction') return;
  throw new MigrationError(
    'REDIS_EVICTS',
    `Redis has maxmemory-policy ${policy} and would throw jobs and books away under memory pressure; ` +
      'set it to noeviction (CONFIG SET maxmemory-policy noeviction)',
  );
}

function oneOfMany(): MigrationError {
  return new MigrationError(
    'REDIS_UNAVAILABLE',
    'REDIS_URL names a single Redis, but that is one node of a Redis Cluster; ' +
      'begin it with redis+cluster:// (or rediss+cluster://), and name one node or several',
  );
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(String.raw`^${name}:(\S+)`, 'm').exec(info)?.[1];
}

/** Ends the connection, politely if Redis answers. */
export async function closeRedis(redis: RedisConnection): Promise<void> {
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

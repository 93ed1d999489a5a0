import { setTimeout as delay } from 'node:timers/promises';

import { isRedisCode, MigrationError } from '@migrator/core';
import { Cluster, Redis } from 'ioredis';

import { atMost } from './at-most.ts';
import type { RedisConnection } from './primary-redis.ts';
import { requireRecordVersion } from './record-version.ts';
import { faultOf, isConfigurationFault, toRedisError, toServiceError } from './redis-errors.ts';
import { loadScript, runScript } from './run-script.ts';

/** Milliseconds that a worker waits at its start before it logs that it waits. */
const firstAnswerMs = 10_000;
const quitLimitMs = 1_000;

/** Resolves when Redis answers. Rejects after the limit, or at once if waiting can not help. */
export async function requireRedis(redis: RedisConnection, limitMs: number): Promise<void> {
  const given = Promise.withResolvers<void>();
  const rejectOnFault = (): void => {
    const fault = faultOf(redis);
    if (fault !== undefined) given.reject(fault);
  };
  const answer = (): void => void requireAnswer(redis).then(given.resolve, given.reject);
  const timer = setTimeout(() => given.reject(toServiceError(redis) ?? late(limitMs)), limitMs);
  redis.on('error', rejectOnFault);
  redis.once('ready', answer);
  try {
    if (redis.status === 'ready') answer();
    else rejectOnFault();
    await given.promise;
  } catch (error) {
    throw toRedisError(error, redis) ?? error;
  } finally {
    clearTimeout(timer);
    redis.off('ready', answer);
    redis.off('error', rejectOnFault);
  }
}

function late(limitMs: number): MigrationError {
  return new MigrationError(
    'REDIS_UNAVAILABLE',
    `Redis can't be reached (no answer within ${limitMs} ms); check REDIS_URL and that it runs`,
  );
}

/** Any node of a cluster answers a ping, but all slots have to be served. */
async function requireAnswer(redis: RedisConnection): Promise<void> {
  if (redis instanceof Redis) await redis.ping();
  else if (fieldOf(await redis.cluster('INFO'), 'cluster_state') !== 'ok') {
    throw new MigrationError('REDIS_UNAVAILABLE', 'the Redis Cluster is down; bring its nodes back');
  }
}

/**
 * Rejects unless Redis is fit for the queue and the ledger: it does not evict keys (which would lose jobs silently),
 * it is not a single node of a cluster, it accepts writes, and its records have this program's version.
 */
export async function requireFitRedis(redis: RedisConnection, prefix: string): Promise<void> {
  try {
    if (redis instanceof Redis) requireFitInfo(await redis.info());
    else {
      // Skip an unreachable node: it evicts nothing now.
      const infos = await Promise.allSettled(redis.nodes('master').map((node: Redis) => node.info('memory')));
      for (const info of infos) if (info.status === 'fulfilled') requireNoEviction(info.value);
    }
    await requireWrites(redis, prefix);
    await requireRecordVersion(redis, prefix);
  } catch (error) {
    throw toRedisError(error, redis) ?? error;
  }
}

const writeScript = loadScript('check-writes');

/** Rejects if Redis does not accept writes: it is full, a replica, or can't save. It still answers reads then. */
export async function requireWrites(redis: RedisConnection, prefix: string): Promise<void> {
  try {
    await runScript(redis, writeScript, [`${prefix}:write-check`], []);
  } catch (error) {
    throw toRedisError(error, redis) ?? error;
  }
}

/**
 * How long to wait for a replica to become a primary, in milliseconds: a failover is in progress, or the URL is
 * wrong.
 */
const replicaLimitMs = 30_000;
const retryEveryMs = 1_000;

/**
 * Resolves once Redis is fit. Waits for one that is unreachable, full or the like, and calls `onWait` once for each
 * reason. Rejects if the configuration has to be corrected.
 */
export async function untilFitRedis(
  redis: RedisConnection,
  prefix: string,
  onWait: (error: unknown) => void,
): Promise<void> {
  let reported: string | undefined;
  let replicaSince: number | undefined;
  for (;;) {
    try {
      await requireRedis(redis, firstAnswerMs);
      await requireFitRedis(redis, prefix);
      return;
    } catch (error) {
      const code = MigrationError.codeOf(error);
      if (!isRedisCode(code) || isConfigurationFault(error)) throw error;
      replicaSince = code === 'REDIS_READ_ONLY' ? (replicaSince ?? performance.now()) : undefined;
      if (replicaSince !== undefined && performance.now() - replicaSince > replicaLimitMs) throw error;
      if (reported !== code) onWait(error);
      reported = code;
      await delay(retryEveryMs);
    }
  }
}

function requireFitInfo(info: string): void {
  requireNoEviction(info);
  if (fieldOf(info, 'cluster_enabled') === '1') throw oneOfMany();
}

function requireNoEviction(info: string): void {
  const policy = fieldOf(info, 'maxmemory_policy');
  if (policy === undefined || policy === 'noeviction') return;
  throw new MigrationError(
    'REDIS_EVICTS',
    `Redis has maxmemory-policy ${policy} and would evict jobs and records under memory pressure; ` +
      'set it to noeviction: CONFIG SET maxmemory-policy noeviction, or on a managed Redis, which refuses that, in its ' +
      'settings (ElastiCache: a parameter group of your own; Memorystore: the configuration of the instance; ' +
      'Azure: the advanced settings or the eviction policy; Redis Cloud: the data eviction policy; ' +
      'Upstash: switch eviction off)',
  );
}

function oneOfMany(): MigrationError {
  return new MigrationError(
    'REDIS_CLUSTER_NODE',
    'REDIS_URL names a single Redis, but that is one node of a Redis Cluster; ' +
      'begin it with redis+cluster:// (or rediss+cluster://), and name one node or several',
  );
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(String.raw`^${name}:(\S+)`, 'm').exec(info)?.[1];
}

/** Closes the connection, with QUIT if Redis answers it in time. */
export async function closeRedis(redis: RedisConnection): Promise<void> {
  if (redis.status === 'ready') await atMost(quitLimitMs, redis.quit());
  if (redis.status !== 'end') redis.disconnect();
}

/** The longest delay to the next connection attempt plus its duration, in milliseconds. */
const lastTryMs = 3_000;

/**
 * Prepares to abandon a Redis that no longer answers, for this connection and its duplicates from now on. The
 * returned function does so. It resolves when all waiting commands have failed, or when Redis answers after all.
 *
 * (`disconnect` between two connection attempts cancels the next one and leaves all commands waiting.)
 */
export function forceDisconnect(redis: RedisConnection): () => Promise<void> {
  let abandoned = false;
  if (redis instanceof Cluster) {
    const { clusterRetryStrategy } = redis.options;
    redis.options.clusterRetryStrategy = (times, reason) =>
      abandoned ? null : clusterRetryStrategy?.(times, reason);
  } else {
    const { retryStrategy } = redis.options;
    redis.options.retryStrategy = (times) => (abandoned ? null : retryStrategy?.(times));
  }
  return async () => {
    abandoned = true;
    if (redis.status === 'ready') {
      redis.disconnect();
      return;
    }
    const answered = Promise.withResolvers<void>();
    redis.once('ready', answered.resolve);
    await atMost(lastTryMs, answered.promise);
    redis.off('ready', answered.resolve);
  };
}

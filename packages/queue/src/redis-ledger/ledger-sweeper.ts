// Deletes records of old operations, so that Redis does not grow with their number.
import type { OperationKind } from '@migrator/core';

import type { RedisConnection } from '../primary-redis.ts';
import { chunksOf, type LedgerKeys } from './ledger-keys.ts';
import { usedBuckets } from './list-tasks.ts';

/** How many of the newest migrations keep their task records, which a retry of users needs. */
const keptMigrations = 10;

/** How many of the newest operations of a kind keep their issues. */
const keptIssuesOf = 10;

/** Deletes the task records of old runs, whose users can't be retried then. Their totals stay. */
export async function sweepOldMigrations(redis: RedisConnection, keys: LedgerKeys): Promise<void> {
  // Older ones were swept when they became old.
  const old = await redis.zrevrange(keys.byStart('migration'), keptMigrations, keptMigrations + 1);
  for (const id of old) {
    // First, so that no task can start while the records are deleted.
    await redis.hset(keys.operation(id), 'swept', 1);
    await sweepTasks(redis, keys, id);
  }
}

/** Deletes the issues and listed entries of old operations. Their counts by code stay. */
export async function sweepOldIssues(
  redis: RedisConnection,
  keys: LedgerKeys,
  kind: OperationKind,
): Promise<void> {
  const old = await redis.zrevrange(keys.byStart(kind), keptIssuesOf, keptIssuesOf + 1);
  for (const id of old) await redis.unlink(...keys.issues(id), keys.listed(id));
}

export async function sweepTasks(redis: RedisConnection, keys: LedgerKeys, id: string): Promise<void> {
  const buckets = await usedBuckets(redis, keys, id);
  for (const some of chunksOf(buckets)) await redis.unlink(...some.map((bucket) => keys.bucket(id, bucket)));
  // Last, because it lists what is to be swept.
  await redis.unlink(keys.usedBuckets(id));
}

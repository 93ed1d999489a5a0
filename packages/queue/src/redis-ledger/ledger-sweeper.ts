import type { OperationKind } from '@migrator/core';

import type { RedisConnection } from '../primary-redis.ts';
import { chunksOf, type LedgerKeys } from './ledger-keys.ts';
import { usedBuckets } from './list-tasks.ts';

/** How many of the newest migrations keep their task records, which a retry of users needs. */
const keptMigrations = 10;

/** How many of the newest operations of a kind keep their issues. */
const keptIssuesOf = 10;

/** Deletes records of old operations, so that Redis does not grow with their number. */
export class LedgerSweeper {
  readonly #redis: RedisConnection;
  readonly #keys: LedgerKeys;

  constructor(redis: RedisConnection, keys: LedgerKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Deletes the task records of old runs, whose users can't be retried then. Their totals stay. */
  async sweepOldMigrations(): Promise<void> {
    const byStart = this.#keys.byStart('migration');
    // Older ones were swept when they became old.
    const old = await this.#redis.zrevrange(byStart, keptMigrations, keptMigrations + 1);
    for (const id of old) {
      // First, so that no task can start while the records are deleted.
      await this.#redis.hset(this.#keys.operation(id), 'swept', 1);
      await this.sweepTasks(id);
    }
  }

  /** Deletes the issues and listed entries of old operations. Their counts by code stay. */
  async sweepOldIssues(kind: OperationKind): Promise<void> {
    // Older ones were swept when they became old.
    const old = await this.#redis.zrevrange(this.#keys.byStart(kind), keptIssuesOf, keptIssuesOf + 1);
    for (const id of old) await this.#redis.unlink(...this.#keys.issues(id), this.#keys.listed(id));
  }

  async sweepTasks(id: string): Promise<void> {
    const buckets = (await usedBuckets(this.#redis, this.#keys, id)).map((bucket) =>
      this.#keys.bucket(id, bucket),
    );
    for (const some of chunksOf(buckets)) await this.#redis.unlink(...some);
    // Last, because it lists what is to be swept.
    await this.#redis.unlink(this.#keys.usedBuckets(id));
  }
}

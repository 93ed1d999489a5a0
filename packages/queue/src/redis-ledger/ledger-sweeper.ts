import type { OperationKind } from '@migrator/core';

import type { RedisConnection } from '../primary-redis.ts';
import { chunksOf, type LedgerKeys } from './ledger-keys.ts';
import { usedBuckets } from './list-tasks.ts';

/** Of so many newest migrations the records of tasks are kept, by which their users can be retried. */
const keptMigrations = 10;

/** Of so many newest operations of a kind the issues are kept. */
const keptIssuesOf = 10;

/** Deletes what old operations leave, so that Redis does not grow with their number. */
export class LedgerSweeper {
  readonly #redis: RedisConnection;
  readonly #keys: LedgerKeys;

  constructor(redis: RedisConnection, keys: LedgerKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** The records of tasks of runs that are too old for a retry of single users. Their totals stay. */
  async sweepOldMigrations(): Promise<void> {
    const byStart = this.#keys.byStart('migration');
    // Those before were swept when they became old.
    const old = await this.#redis.zrevrange(byStart, keptMigrations, keptMigrations + 1);
    for (const id of old) {
      // First, so that nothing of it can start while its tasks go.
      await this.#redis.hset(this.#keys.operation(id), 'swept', 1);
      await this.sweepTasks(id);
    }
  }

  /** The issues and listed entries of old operations. Their counts by code stay. */
  async sweepOldIssues(kind: OperationKind): Promise<void> {
    // Those before were swept when they became old.
    const old = await this.#redis.zrevrange(this.#keys.byStart(kind), keptIssuesOf, keptIssuesOf + 1);
    for (const id of old) await this.#redis.unlink(...this.#keys.issues(id), this.#keys.listed(id));
  }

  async sweepTasks(id: string): Promise<void> {
    const buckets = (await usedBuckets(this.#redis, this.#keys, id)).map((bucket) =>
      this.#keys.bucket(id, bucket),
    );
    for (const some of chunksOf(buckets)) await this.#redis.unlink(...some);
    // Last, because it says what there is to sweep.
    await this.#redis.unlink(this.#keys.usedBuckets(id));
  }
}

import type { BindingDifference } from '@migrator/core';

import type { RedisConnection } from './connect-redis.ts';

/** A process that says nothing for so long is gone. Redis counts it, so that no two clocks are compared. */
const staleMs = 8_000;

/** A worker that takes no part in an operation, because it is configured for another source, target or setting. */
export interface Mismatch {
  /** Names the process on its host. */
  readonly worker: string;
  readonly operationId: string;
  readonly differences: readonly BindingDifference[];
}

/** Where workers say that they take no part, for the status to show. */
export interface MismatchBoard {
  /** Stands until it is put again, taken away, or a few seconds have passed. */
  put(mismatch: Mismatch): Promise<void>;
  takeAway(worker: string): Promise<void>;
  /** Of one operation, those of processes that are alive. */
  of(operationId: string): Promise<readonly Mismatch[]>;
}

export function createMismatchBoard(redis: RedisConnection, prefix: string): MismatchBoard {
  const workers = `${prefix}:mismatches`;
  const keyOf = (worker: string): string => `${workers}:${worker}`;
  return {
    async put(mismatch) {
      await redis.set(keyOf(mismatch.worker), JSON.stringify(mismatch), 'PX', staleMs);
      await redis.sadd(workers, mismatch.worker);
    },
    async takeAway(worker) {
      await redis.del(keyOf(worker));
      await redis.srem(workers, worker);
    },
    async of(operationId) {
      const found: Mismatch[] = [];
      for (const worker of await redis.smembers(workers)) {
        const text = await redis.get(keyOf(worker));
        if (text === null) {
          await redis.srem(workers, worker);
          continue;
        }
        const mismatch = JSON.parse(text) as Mismatch;
        if (mismatch.operationId === operationId) found.push(mismatch);
      }
      return found;
    },
  };
}

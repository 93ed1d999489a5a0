import { type JobType, Queue, type Telemetry } from 'bullmq';

import { atMost } from './at-most.ts';
import type { RedisConnection } from './connect-redis.ts';
import { type CoordinatorJob, queueNames, type UnitJob } from './job-catalog.ts';

export interface MigrationQueues {
  readonly redis: RedisConnection;
  readonly coordinators: Queue<CoordinatorJob>;
  readonly units: Queue<UnitJob>;
  close(): Promise<void>;
}

const closeLimitMs = 1_000;

/** Every state in which a job still has something ahead of it. */
export const aliveStates: JobType[] = ['waiting', 'delayed', 'prioritized', 'active', 'waiting-children'];

/** The two queues, over a connection that stays the caller's to close. */
export function openQueues(
  redis: RedisConnection,
  prefix: string,
  onError: (error: Error) => void,
  telemetry?: Telemetry,
): MigrationQueues {
  const options = { connection: redis, prefix, ...(telemetry === undefined ? {} : { telemetry }) };
  const coordinators = new Queue<CoordinatorJob>(queueNames.coordinators, options);
  const units = new Queue<UnitJob>(queueNames.units, options);
  for (const queue of [coordinators, units]) queue.on('error', onError);
  return {
    redis,
    coordinators,
    units,
    async close() {
      // BullMQ waits for good to close what has never had a connection.
      await atMost(closeLimitMs, Promise.all([coordinators.close(), units.close()]));
    },
  };
}

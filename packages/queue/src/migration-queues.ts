import { type JobType, Queue, type Telemetry } from 'bullmq';

import { atMost } from './at-most.ts';
import type { RedisConnection } from './connect-redis.ts';
import { type CoordinatorJob, queueNames, type TaskJob } from './job-catalog.ts';

export interface MigrationQueues {
  readonly redis: RedisConnection;
  readonly coordinators: Queue<CoordinatorJob>;
  readonly tasks: Queue<TaskJob>;
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
  const options = { connection: redis, prefix, telemetry };
  const coordinators = new Queue<CoordinatorJob>(queueNames.coordinators, options);
  const tasks = new Queue<TaskJob>(queueNames.tasks, options);
  for (const queue of [coordinators, tasks]) queue.on('error', onError);
  return {
    redis,
    coordinators,
    tasks,
    async close() {
      // BullMQ waits for good to close what has never had a connection.
      await atMost(closeLimitMs, Promise.all([coordinators.close(), tasks.close()]));
    },
  };
}

import { type JobType, Queue, type Telemetry } from 'bullmq';

import { atMost } from './at-most.ts';
import type { RedisConnection } from './primary-redis.ts';
import { type CoordinatorJob, queueNames, type TaskJob } from './job-catalog.ts';

export interface MigrationQueues {
  readonly redis: RedisConnection;
  readonly coordinators: Queue<CoordinatorJob>;
  readonly tasks: Queue<TaskJob>;
  close(): Promise<void>;
}

const closeLimitMs = 1_000;

/** The states of a job that has not ended. */
export const aliveStates: JobType[] = ['waiting', 'delayed', 'prioritized', 'active', 'waiting-children'];

/** Opens the two queues. The caller closes the connection. */
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
      // BullMQ never finishes to close a queue that was never connected.
      await atMost(closeLimitMs, Promise.all([coordinators.close(), tasks.close()]));
    },
  };
}

export interface QueueLoad {
  readonly queue: string;
  /** The number of jobs by state. */
  readonly jobs: Readonly<Record<string, number>>;
  /** When the oldest job that has not ended was created, in milliseconds since 1970; absent if there is none. */
  readonly oldest?: number;
}

const shown = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
const unfinished = ['waiting', 'active', 'delayed'] as const;

/** The load of both queues. */
export async function queueLoads({ coordinators, tasks }: MigrationQueues): Promise<readonly QueueLoad[]> {
  return Promise.all(
    [coordinators, tasks].map(async (queue) => {
      const [jobs, ...firsts] = await Promise.all([
        queue.getJobCounts(...shown),
        ...unfinished.map((state) => queue.getJobs([state], 0, 0, true)),
      ]);
      const times = firsts.flat().map((job) => job.timestamp);
      return { queue: queue.name, jobs, oldest: times.length === 0 ? undefined : Math.min(...times) };
    }),
  );
}

/** Propagates a trace from the producer of a job to its worker. Loaded only if traces are on. */
export async function openQueueTelemetry(): Promise<Telemetry> {
  const { BullMQOtel } = await import('bullmq-otel');
  return new BullMQOtel({ tracerName: 'journal-migration' });
}

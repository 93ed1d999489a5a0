import type { MigrationQueues } from './migration-queues.ts';

export interface QueueLoad {
  readonly queue: string;
  /** Jobs by state. */
  readonly jobs: Readonly<Record<string, number>>;
  /** When the oldest job that has not ended was made, ms since 1970; absent where there is none. */
  readonly oldest?: number;
}

const shown = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
const unfinished = ['waiting', 'active', 'delayed'] as const;

/** How full the queues are. */
export async function queueLoads({ coordinators, tasks }: MigrationQueues): Promise<readonly QueueLoad[]> {
  return Promise.all(
    [coordinators, tasks].map(async (queue) => {
      const [jobs, ...firsts] = await Promise.all([
        queue.getJobCounts(...shown),
        ...unfinished.map((state) => queue.getJobs([state], 0, 0, true)),
      ]);
      const times = firsts.flat().map((job) => job.timestamp);
      return { queue: queue.name, jobs, ...(times.length === 0 ? {} : { oldest: Math.min(...times) }) };
    }),
  );
}

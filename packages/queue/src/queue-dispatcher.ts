import type { Dispatcher } from '@migrator/core';
import { Job, type Queue } from 'bullmq';

import {
  coordinatorJobId,
  coordinatorJobOptions,
  taskJobId,
  taskJobName,
  taskJobOptions,
} from './job-catalog.ts';
import { aliveStates, type MigrationQueues } from './migration-queues.ts';
import type { RedisConnection } from './primary-redis.ts';

/** The longest delays (ms) that are given on purpose: between rounds; before another attempt or after an outage. */
const longestRoundDelayMs = 5_000;
const longestTaskDelayMs = 30_000;

/** Dispatches over BullMQ. Job ids say what they are for, so that dispatching twice is dispatching once. */
export function createQueueDispatcher(
  queues: MigrationQueues,
  { hideUserData = false }: { hideUserData?: boolean } = {},
): Dispatcher {
  const { redis, coordinators, tasks } = queues;

  return {
    async dispatch(operationId, taskIds, options) {
      if (taskIds.length === 0) return;
      const jobs = taskIds.map((task) => ({
        name: taskJobName(operationId, task, hideUserData),
        data: { operationId, task },
        opts: { ...taskJobOptions, jobId: taskJobId(operationId, task, hideUserData) },
      }));
      if (options?.mayHaveRun === true) {
        for (const { opts } of jobs) await revive(await tasks.getJob(opts.jobId));
      }
      // A job that is there already, waiting or revived, stays as it is.
      await tasks.addBulk(jobs);
    },

    async coordinate(operationId) {
      const jobId = coordinatorJobId(operationId);
      const job = await coordinators.getJob(jobId);
      // One in its very last round may be blind to what was reopened meanwhile: the next call finds it ended.
      if (job !== undefined) await revive(job);
      else await coordinators.add(operationId, { operationId }, { ...coordinatorJobOptions, jobId });
    },

    async load() {
      const { active = 0, ...others } = await tasks.getJobCounts(...aliveStates);
      return { active, waiting: Object.values(others).reduce((sum, count) => sum + count, 0) };
    },

    async isPaused() {
      return (await tasks.isPaused()) || (await coordinators.isPaused());
    },

    async pause() {
      if (!(await tasks.isPaused())) await tasks.pause();
      if (await coordinators.isPaused()) await coordinators.resume();
    },

    async resume() {
      for (const queue of [tasks, coordinators]) if (await queue.isPaused()) await queue.resume();
    },

    async discard() {
      await tasks.drain(true);
    },

    async wakeOverdue() {
      await wakeOverdue(redis, coordinators, longestRoundDelayMs);
      await wakeOverdue(redis, tasks, longestTaskDelayMs);
    },
  };
}

/** A job that has ended goes again, with all its attempts. */
async function revive(job: Job | undefined): Promise<void> {
  if (job === undefined) return;
  const state = await job.getState();
  if (state !== 'failed' && state !== 'completed') return;
  try {
    await job.retry(state, { resetAttemptsMade: true });
  } catch (error) {
    // Another process revived it in the meantime, or a person removed it.
    if ((await job.getState()) === state) throw error;
  }
}

/** BullMQ's delayed set scores a job with its due time (ms since 1970) times this, plus a counter. */
const scorePerMs = 0x1000;
/** Workers look for due jobs at once; one that is due for so long is seen by none of them. */
const overdueMs = 2_000;
const mostAtOnce = 100;

/**
 * Wakes delayed jobs that no worker would wake in time. A job is delayed by its writer's clock and woken by its reader's;
 * where one of the two is wrong by minutes, it would stand still for minutes. Redis's clock, which all of them share, tells:
 * no job is due later than the longest delay from now, and none stays when it was due a while ago.
 */
async function wakeOverdue(redis: RedisConnection, queue: Queue, longestDelayMs: number): Promise<void> {
  const key = queue.toKey('delayed');
  const [seconds] = await redis.time();
  const now = Number(seconds) * 1_000;
  const overdue = (now - overdueMs) * scorePerMs;
  const implausible = (now + longestDelayMs) * scorePerMs;
  const ids = await Promise.all([
    redis.zrangebyscore(key, '-inf', overdue, 'LIMIT', 0, mostAtOnce),
    redis.zrangebyscore(key, implausible, '+inf', 'LIMIT', 0, mostAtOnce),
  ]);
  for (const id of ids.flat()) {
    const job = await Job.fromId(queue, id);
    // A worker, or another supervisor, may be faster.
    await job?.promote().catch(() => undefined);
  }
}

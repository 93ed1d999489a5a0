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

/** The longest intended delays, in milliseconds: between rounds; before another attempt or after an outage. */
const longestRoundDelayMs = 5_000;
const longestTaskDelayMs = 30_000;

/** A dispatcher over BullMQ. Job ids are derived from their tasks, so dispatching is idempotent. */
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
      // BullMQ ignores a job whose id exists already, waiting or revived.
      await tasks.addBulk(jobs);
    },

    async coordinate(operationId) {
      const jobId = coordinatorJobId(operationId);
      const job = await coordinators.getJob(jobId);
      // A job in its last round may have missed the reopening; the next call finds it ended.
      if (job !== undefined) await revive(job);
      else await coordinators.add(operationId, { operationId }, { ...coordinatorJobOptions, jobId });
    },

    async wakeCoordinator() {
      // One operation runs at a time, so there is one such job.
      await coordinators.promoteJobs();
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

/** Runs a job that has ended again, with all its attempts. */
async function revive(job: Job | undefined): Promise<void> {
  if (job === undefined) return;
  const state = await job.getState();
  if (state !== 'failed' && state !== 'completed') return;
  try {
    await job.retry(state, { resetAttemptsMade: true });
  } catch (error) {
    // Another process has revived it, or an operator has removed it.
    if ((await job.getState()) === state) throw error;
  }
}

/** BullMQ's delayed set scores a job with its due time (ms since 1970) times this, plus a counter. */
const scorePerMs = 0x1000;
/** Workers fetch due jobs at once, so a job that has been due this long, in milliseconds, is seen by none of them. */
const overdueMs = 2_000;
const mostAtOnce = 100;

/**
 * Promotes delayed jobs that no worker would fetch in time. A job's due time is set by the clock of its writer and
 * read by that of a worker. If one of the two is wrong by minutes the job waits for minutes. By Redis's clock no job
 * may be due later than the longest delay from now, and none may stay after it was due.
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
    // A worker or another supervisor may have promoted it.
    await job?.promote().catch(() => undefined);
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import type { Dispatcher } from '@migrator/core';
import type { Job } from 'bullmq';

import {
  coordinatorJobId,
  coordinatorJobOptions,
  unitJobId,
  unitJobName,
  unitJobOptions,
} from './job-catalog.ts';
import { aliveStates, type MigrationQueues } from './migration-queues.ts';

/** Dispatches over BullMQ. Job ids say what they are for, so that dispatching twice is dispatching once. */
export function createQueueDispatcher(
  queues: MigrationQueues,
  { hideUserData = false }: { hideUserData?: boolean } = {},
): Dispatcher {
  const { coordinators, units } = queues;

  return {
    async dispatch(operationId, unitIds, options) {
      if (unitIds.length === 0) return;
      const jobs = unitIds.map((unit) => ({
        name: unitJobName(operationId, unit, hideUserData),
        data: { operationId, unit },
        opts: { ...unitJobOptions, jobId: unitJobId(operationId, unit, hideUserData) },
      }));
      if (options?.mayHaveRun === true) {
        for (const { opts } of jobs) await revive(await units.getJob(opts.jobId));
      }
      // A job that is there already, waiting or revived, stays as it is.
      await units.addBulk(jobs);
    },

    async coordinate(operationId) {
      const jobId = coordinatorJobId(operationId);
      for (let look = 0; look < 50; look += 1) {
        const job = await coordinators.getJob(jobId);
        if (job === undefined) {
          await coordinators.add(operationId, { operationId }, { ...coordinatorJobOptions, jobId });
          return;
        }
        const state = await job.getState();
        if (state === 'completed' || state === 'failed') {
          await revive(job);
          return;
        }
        if (state !== 'active') return;
        // Active: it may be in its very last round, blind to what was reopened meanwhile. Look again in a moment.
        await delay(100);
      }
    },

    async isCoordinated(operationId) {
      const job = await coordinators.getJob(coordinatorJobId(operationId));
      if (job === undefined) return false;
      const state = await job.getState();
      return state !== 'completed' && state !== 'failed' && state !== 'unknown';
    },

    async load() {
      const { active = 0, ...others } = await units.getJobCounts(...aliveStates);
      return { active, waiting: Object.values(others).reduce((sum, count) => sum + count, 0) };
    },

    async pause() {
      if (!(await units.isPaused())) await units.pause();
    },

    async resume() {
      if (await units.isPaused()) await units.resume();
    },

    async discard() {
      await units.drain(true);
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
    // Somebody else revived it in the meantime, or a person removed it.
    if ((await job.getState()) === state) throw error;
  }
}

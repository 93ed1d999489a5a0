import type { Operation } from '@migrator/core';
import { coordinate, type CoordinatorContext, progressOf, withoutUserData } from '@migrator/engine';
import { DelayedError, type Job } from 'bullmq';

import { type CoordinatorJob, coordinatorJob, queueNames } from './job-catalog.ts';
import { MigrationWorker, type WorkerOptions } from './migration-worker.ts';
import { PhaseReporter } from './phase-reporter.ts';

const coordinatorsAtOnce = 4;

/**
 * Processes coordinator jobs. Each round is short. Between rounds the job is delayed, which takes no slot and no
 * attempt. So any process may do the next round, and a crash costs one round.
 */
export function startCoordinatorWorker(
  context: CoordinatorContext,
  options: WorkerOptions,
): MigrationWorker<CoordinatorJob> {
  const phases = new PhaseReporter(options.onWork);
  return new MigrationWorker(
    queueNames.coordinators,
    (job, token) => rounds(context, job, token, phases, options),
    coordinatorsAtOnce,
    options,
  );
}

async function rounds(
  context: CoordinatorContext,
  job: Job<CoordinatorJob>,
  token: string | undefined,
  phases: PhaseReporter,
  { guard, stop }: WorkerOptions,
): Promise<string> {
  const { operationId } = coordinatorJob.parse(job.data);
  const shown = context.settings.hideUserData === true ? withoutUserData : (one: Operation) => one;
  for (;;) {
    const round = await coordinate(context, operationId, stop);
    if (round.ended) break;
    if (round.isOtherBinding === true) {
      guard.pauseFor(operationId);
      await job.moveToDelayed(Date.now() + round.delayMs, token);
      throw new DelayedError();
    }
    const operation = shown(round.operation);
    phases.seen(operation);
    if (round.delayMs === 0) continue;
    const progress = progressOf(operation);
    await job.updateProgress({ ...progress, progress: Math.floor(progress.percent ?? 0) });
    await job.moveToDelayed(Date.now() + round.delayMs, token);
    throw new DelayedError();
  }
  const last = await context.ledger.get(operationId);
  if (last === undefined) return 'its records no longer exist';
  const ended = shown(last);
  phases.ended(ended);
  // Only a completed operation shows 100 %.
  const progress = progressOf(ended);
  await job.updateProgress({ ...progress, progress: Math.floor(progress.percent ?? 0) });
  await job.log(`${ended.state}${ended.reason === undefined ? '' : `: ${ended.reason}`}`);
  return ended.state;
}

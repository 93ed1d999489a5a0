import type { Operation } from '@migrator/core';
import { coordinate, type CoordinatorContext, progressOf, withoutUserData } from '@migrator/engine';
import { DelayedError, type Job, type Telemetry } from 'bullmq';

import { AbandonableWorker } from './abandonable-worker.ts';
import type { BindingGuard } from './binding-guard.ts';
import type { RedisConnection } from './connect-redis.ts';
import { type CoordinatorJob, coordinatorJob, queueNames } from './job-catalog.ts';
import { stalledJobOptions } from './stalled-job-options.ts';
import { PhaseWatch } from './phase-watch.ts';
import type { OnWorkEvent } from './work-events.ts';

/**
 * Works off coordinators: each round is short, and between two rounds the job is delayed, which takes no slot and no
 * attempt, so that any process may do the next round and a crash costs one round.
 */
export function startCoordinatorWorker(
  context: CoordinatorContext,
  options: {
    redis: RedisConnection;
    prefix: string;
    /** Ends the rounds under way; other processes go on. */
    stop: AbortSignal;
    guard: BindingGuard;
    onError: (error: Error) => void;
    onWork?: OnWorkEvent;
    telemetry?: Telemetry;
  },
): AbandonableWorker<CoordinatorJob> {
  const phases = new PhaseWatch(options.onWork);
  const worker = new AbandonableWorker<CoordinatorJob>(
    queueNames.coordinators,
    (job, token) => rounds(context, job, token, phases, options),
    {
      connection: options.redis,
      prefix: options.prefix,
      concurrency: 4,
      telemetry: options.telemetry,
      ...stalledJobOptions,
    },
  );
  worker.on('error', options.onError);
  options.guard.keeps(worker);
  return worker;
}

async function rounds(
  context: CoordinatorContext,
  job: Job<CoordinatorJob>,
  token: string | undefined,
  phases: PhaseWatch,
  { guard, stop }: { guard: BindingGuard; stop: AbortSignal },
): Promise<string> {
  const { operationId } = coordinatorJob.parse(job.data);
  const shown = context.settings.hideUserData === true ? withoutUserData : (one: Operation) => one;
  for (;;) {
    const round = await coordinate(context, operationId, stop);
    if (round.over) break;
    if ('isOther' in round) {
      guard.standAside(operationId);
      await job.moveToDelayed(Date.now() + round.againMs, token);
      throw new DelayedError();
    }
    const operation = shown(round.operation);
    phases.seen(operation);
    if (round.againMs === 0) continue;
    const progress = progressOf(operation);
    await job.updateProgress({ ...progress, progress: Math.floor(progress.percent ?? 0) });
    await job.moveToDelayed(Date.now() + round.againMs, token);
    throw new DelayedError();
  }
  const last = await context.ledger.get(operationId);
  if (last === undefined) return 'its records are gone';
  const ended = shown(last);
  phases.ended(ended);
  // Only what came to its end is a full circle.
  const progress = progressOf(ended);
  await job.updateProgress({ ...progress, progress: Math.floor(progress.percent ?? 0) });
  await job.log(`${ended.state}${ended.reason === undefined ? '' : `: ${ended.reason}`}`);
  return ended.state;
}

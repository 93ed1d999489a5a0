import { coordinate, type CoordinatorContext, progressOf } from '@migrator/engine';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';

import { type CoordinatorJob, coordinatorJob, queueNames } from './job-catalog.ts';
import { stalling } from './stalling.ts';

/**
 * Works off coordinators: each round is short, and between two rounds the job is delayed, which takes no slot and no
 * attempt, so that any process may do the next round and a crash costs one round.
 */
export function startCoordinatorWorker(
  context: CoordinatorContext,
  options: { redis: Redis; prefix: string; onError: (error: Error) => void },
): Worker<CoordinatorJob> {
  const worker = new Worker<CoordinatorJob>(
    queueNames.coordinators,
    (job, token) => rounds(context, job, token),
    {
      connection: options.redis,
      prefix: options.prefix,
      concurrency: 4,
      ...stalling,
    },
  );
  worker.on('error', options.onError);
  return worker;
}

async function rounds(
  context: CoordinatorContext,
  job: Job<CoordinatorJob>,
  token?: string,
): Promise<string> {
  const { operationId } = coordinatorJob.parse(job.data);
  for (;;) {
    const round = await coordinate(context, operationId);
    if (round.over) break;
    if (round.againMs === 0) continue;
    const progress = progressOf(round.operation);
    await job.updateProgress({ ...progress, progress: Math.floor(progress.percent ?? 0) });
    await job.moveToDelayed(Date.now() + round.againMs, token);
    throw new DelayedError();
  }
  const ended = await context.ledger.get(operationId);
  if (ended === undefined) return 'its books are gone';
  await job.updateProgress({ ...progressOf(ended), progress: 100 });
  await job.log(`${ended.state}${ended.reason === undefined ? '' : `: ${ended.reason}`}`);
  return ended.state;
}

import { ControlWatcher, type CoordinatorContext, runUnit, type UnitResult } from '@migrator/engine';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';

import { queueNames, type UnitJob, unitJob } from './job-catalog.ts';
import { JobReporter } from './job-reporter.ts';
import { stalling } from './stalling.ts';

/** How long a job waits before it looks again whether another operation still holds the place. */
const busyMs = 2_000;

/** Works off users and slices, `concurrency` at once. `stop` makes running pages finish and hands the rest back. */
export function startUnitWorker(
  context: CoordinatorContext,
  options: {
    redis: Redis;
    prefix: string;
    concurrency: number;
    stop: AbortSignal;
    onError: (error: Error) => void;
  },
): Worker<UnitJob> {
  const watcher = new ControlWatcher(context.ledger);
  const work = async (job: Job<UnitJob>, token?: string): Promise<string> => {
    const { operationId, unit } = unitJob.parse(job.data);
    const report = new JobReporter(job);
    // An attempt after the first is a retry: BullMQ's own, or a person's, who may have it long after the run was over.
    const retried = job.attemptsMade > 0;
    try {
      const result = await watcher.during(operationId, (control) =>
        runUnit(context, operationId, unit, {
          signal: AbortSignal.any([options.stop, control]),
          lastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
          reopen: retried,
          onProgress: (done) => report.progress(done),
          onEvent: (line) => report.event(line),
        }),
      );
      // It may have taken up a run that was over, whose coordinator has gone home.
      if (retried && 'outcome' in result) await context.dispatcher.coordinate(operationId);
      return await settle(context, job, token, result, report);
    } finally {
      await report.flush();
    }
  };
  const worker = new Worker<UnitJob>(queueNames.units, work, {
    connection: options.redis,
    prefix: options.prefix,
    concurrency: options.concurrency,
    ...stalling,
  });
  worker.on('error', options.onError);
  return worker;
}

/** What a unit's result means for its job: completed, failed with a reason, or back into the queue. */
async function settle(
  context: CoordinatorContext,
  job: Job<UnitJob>,
  token: string | undefined,
  result: UnitResult,
  report: JobReporter,
): Promise<string> {
  if ('outcome' in result) {
    switch (result.outcome) {
      case 'done':
        report.finish(result.summary, 100);
        return result.summary;
      case 'failed':
        report.finish(result.reason);
        throw failure(result.reason);
      case 'handed-back':
        await job.moveToWait(token);
        throw new WaitingError();
      case 'cancelled':
        return 'cancelled';
      case 'stale':
        throw failure('taken over by a newer start of the same job; nothing was recorded');
    }
  }
  switch (result.why) {
    case 'done':
      report.finish('done before', 100);
      return 'done before';
    case 'paused':
      await context.dispatcher.pause();
      await job.moveToWait(token);
      throw new WaitingError();
    case 'not-current':
      report.event(`waits for ${result.by ?? 'another operation'} to end`);
      await job.moveToDelayed(Date.now() + busyMs, token);
      throw new DelayedError();
    case 'cancelled':
    case 'closed':
      return 'the run was over before it began';
    case 'rolled-back':
      throw failure(`the run was rolled back by ${result.by ?? 'a rollback'}; its jobs can't be retried`);
    case 'unknown-operation':
      throw failure("the run's books are gone from Redis; start a new run, which skips what is there");
  }
}

/** Fails a job for good. Its reason is for a person; where in our code it was thrown is not. */
function failure(reason: string): UnrecoverableError {
  const error = new UnrecoverableError(reason);
  error.stack = reason;
  return error;
}

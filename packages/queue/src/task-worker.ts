import { isRedisCode, MigrationError, parseTaskId } from '@migrator/core';
import {
  AttemptWatcher,
  type CoordinatorContext,
  type EngineContext,
  joinSignals,
  runTask,
  taskLabel,
  type TaskResult,
} from '@migrator/engine';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';

import { queueNames, type TaskJob, taskJob, taskJobId } from './job-catalog.ts';
import { JobReporter } from './job-reporter.ts';
import { MigrationWorker, type WorkerOptions } from './migration-worker.ts';
import { SharedExclusiveLock } from './shared-exclusive-lock.ts';

/** How long a job waits before it looks again whether another operation still holds the operation lock. */
const busyMs = 2_000;
/** How long a job waits that was begun while the run is being paused. */
const pausedMs = 1_000;
/** How long a job waits that came to a process which is configured for another run. */
const otherBindingMs = 500;
/** How long one waits, and up to twice as long, that met an outage. */
const postponeMs = 4_000;

/** Works off users and segments, `concurrency` at once. `stop` makes running pages finish and hands the rest back. */
export function startTaskWorker(
  context: EngineContext & Pick<CoordinatorContext, 'dispatcher'>,
  options: WorkerOptions & { readonly concurrency: number },
): { readonly worker: MigrationWorker<TaskJob>; readonly running: () => number } {
  let running = 0;
  const watcher = new AttemptWatcher(context.ledger);
  const lock = new SharedExclusiveLock();
  const { hideUserData = false } = context.settings;
  const tell = (job: Job<TaskJob>, outcome: string, detail?: string): void => {
    const { operationId: run, task } = job.data;
    const label = taskLabel(task, hideUserData);
    const isUser = parseTaskId(task).type === 'user';
    options.onWork?.({
      kind: 'task',
      run,
      [isUser ? 'user' : 'segment']: label,
      job: job.id ?? '',
      outcome,
      detail,
    });
  };
  const work = async (job: Job<TaskJob>, token?: string): Promise<string> => {
    const { operationId, task } = requireOwnJob(job, hideUserData);
    running += 1;
    const report = new JobReporter(job);
    // An attempt after the first is a retry: BullMQ's own, or a person's, who may have it long after the run was over.
    const retried = job.attemptsMade > 0;
    try {
      const attempt = async (signals: readonly AbortSignal[], isolated: boolean): Promise<TaskResult> => {
        const { signal, leave } = joinSignals(options.stop, ...signals);
        return await runTask(context, operationId, task, {
          signal,
          watcher,
          isolated,
          lastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
          reopen: retried,
          onStarted: retried ? () => context.dispatcher.coordinate(operationId) : undefined,
          onProgress: (done) => report.progress(done),
          onEvent: (line) => {
            if (!hideUserData) report.event(line);
          },
        }).finally(leave);
      };
      let result = await lock.shared((signal) => attempt([signal], false));
      if ('why' in result && result.why === 'quarantined')
        result = await lock.exclusive(() => attempt([], true));
      const shown =
        hideUserData && 'outcome' in result && 'brief' in result
          ? { ...result, reason: result.brief }
          : result;
      tell(job, ...outcomeOf(shown));
      if ('why' in result && result.why === 'other-binding') options.guard.standAside(operationId);
      return await settle(context, job, token, shown, report);
    } catch (error) {
      if (
        error instanceof UnrecoverableError ||
        error instanceof WaitingError ||
        error instanceof DelayedError
      )
        throw error;
      const code = MigrationError.codeOf(error);
      const why = hideUserData || !(error instanceof Error) ? code : error.message;
      tell(job, 'error', why);
      // The queue's own connection waits for Redis, and a job that met its absence has not been tried.
      if (isRedisCode(code)) return await postpone(job, token);
      throw hideUserData ? plainError(code) : error;
    } finally {
      running -= 1;
    }
  };
  const worker = new MigrationWorker(queueNames.tasks, work, options.concurrency, options);
  return { worker, running: () => running };
}

/**
 * The job's payload, where it is one that the dispatcher made. A person can add, copy and edit jobs on Bull Board; one whose
 * id and payload do not belong together would count a task twice, or under another user.
 */
function requireOwnJob(job: Job<TaskJob>, hideUserData: boolean): TaskJob {
  const parsed = taskJob.safeParse(job.data);
  if (parsed.success && job.id === taskJobId(parsed.data.operationId, parsed.data.task, hideUserData))
    return parsed.data;
  throw failure('not a job of this migration: it was added, copied or edited by hand; nothing was done');
}

/** An attempt's end in two words for the log. */
function outcomeOf(result: TaskResult): [outcome: string, detail?: string] {
  if (!('outcome' in result)) return ['not-started', result.why];
  if (result.outcome === 'done') return ['done', result.summary];
  return result.outcome === 'failed' ? ['failed', result.reason] : [result.outcome];
}

/** What a task's result means for its job: completed, failed with a reason, or back into the queue. */
async function settle(
  context: Pick<CoordinatorContext, 'dispatcher'>,
  job: Job<TaskJob>,
  token: string | undefined,
  result: TaskResult,
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
      case 'postponed':
        report.event(`${result.reason}; goes on in a moment`);
        return await postpone(job, token);
      case 'stale':
        throw failure('taken over by a newer start of the same job; nothing was recorded');
    }
  }
  switch (result.why) {
    case 'quarantined':
      // By itself already: another start has come to nothing in between. The next one knows.
      await job.moveToWait(token);
      throw new WaitingError();
    case 'done':
      report.finish('done before', 100);
      return 'done before';
    case 'paused':
      // The queue itself is paused together with the run, or by a supervisor in a moment.
      await job.moveToDelayed(Date.now() + pausedMs, token);
      throw new DelayedError();
    case 'other-binding':
      await job.moveToDelayed(Date.now() + otherBindingMs, token);
      throw new DelayedError();
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
      throw failure("the run's records are gone from Redis; start a new run, which skips what is there");
  }
}

/** Back into the queue for a while, which uses up no attempt. */
async function postpone(job: Job<TaskJob>, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + postponeMs + Math.random() * postponeMs, token);
  throw new DelayedError();
}

/** Fails a job for good. Its reason is for a person; where in our code it was thrown is not. */
function failure(reason: string): UnrecoverableError {
  const error = new UnrecoverableError(reason);
  error.stack = reason;
  return error;
}

/** What BullMQ may keep of an error whose message could name a user. */
function plainError(code: string): Error {
  const error = new Error(code);
  error.stack = code;
  return error;
}

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

/** Milliseconds before a job checks again whether another operation holds the operation lock. */
const busyMs = 2_000;
/** Milliseconds that a job is delayed that was fetched while the run is being paused. */
const pausedMs = 1_000;
/** Milliseconds that a job is delayed that a process with another binding has fetched. */
const otherBindingMs = 500;
/**
 * A job that had an outage or exhausted its retries of throttling is postponed by this to twice this, in
 * milliseconds.
 */
const postponeMs = 4_000;

/** Processes tasks, `concurrency` at once. `stop` lets running pages finish and requeues their tasks. */
export function startTaskWorker(
  context: EngineContext & Pick<CoordinatorContext, 'dispatcher'>,
  options: WorkerOptions & { readonly concurrency: number },
): { readonly worker: MigrationWorker<TaskJob>; readonly running: () => number } {
  let running = 0;
  const watcher = new AttemptWatcher(context.ledger);
  const lock = new SharedExclusiveLock();
  const { hideUserData = false } = context.settings;
  const reportOutcome = (job: Job<TaskJob>, outcome: string, detail?: string): void => {
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
  /**
   * Wakes the coordinator once this process has no task left and the queue has none for it: either all tasks have
   * ended, or more have to be listed. Without it the round comes after its delay.
   */
  const wakeWithoutTasks = (): void => {
    if (!worker.foundQueueEmpty || running > 0) return;
    context.dispatcher.wakeCoordinator().catch(() => undefined);
  };
  const work = async (job: Job<TaskJob>, token?: string): Promise<string> => {
    const { operationId, task } = requireOwnJob(job, hideUserData);
    running += 1;
    const report = new JobReporter(job);
    // An attempt after the first is a retry: BullMQ's own, or an operator's, possibly long after the run has ended.
    const retried = job.attemptsMade > 0;
    try {
      const attempt = async (signals: readonly AbortSignal[], isolated: boolean): Promise<TaskResult> => {
        using joined = joinSignals(options.stop, ...signals);
        return await runTask(context, operationId, task, {
          signal: joined.signal,
          watcher,
          isolated,
          lastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
          reopen: retried,
          onStarted: retried ? () => context.dispatcher.coordinate(operationId) : undefined,
          onProgress: (done) => report.progress(done),
          onEvent: (line) => {
            if (!hideUserData) report.event(line);
          },
        });
      };
      let result = await lock.shared((signal) => attempt([signal], false));
      if ('why' in result && result.why === 'quarantined')
        result = await lock.exclusive(() => attempt([], true));
      const shown =
        hideUserData && 'outcome' in result && 'brief' in result
          ? { ...result, reason: result.brief }
          : result;
      reportOutcome(job, ...outcomeOf(shown));
      if ('why' in result && result.why === 'other-binding') options.guard.pauseFor(operationId);
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
      reportOutcome(job, 'error', why);
      // The queue's connection waits for Redis. A job that was interrupted by an outage of Redis counts as not tried.
      if (isRedisCode(code)) return await postpone(job, token);
      throw hideUserData ? plainError(code) : error;
    } finally {
      running -= 1;
      wakeWithoutTasks();
    }
  };
  const worker = new MigrationWorker(queueNames.tasks, work, options.concurrency, options);
  // The event comes before the worker's own flag is set.
  worker.on('drained', () => setImmediate(wakeWithoutTasks));
  return { worker, running: () => running };
}

/**
 * The payload of a job that the dispatcher made; throws for any other job. An operator can add, copy and edit jobs on
 * Bull Board. A job whose id and payload do not match would count a task twice, or for another user.
 */
function requireOwnJob(job: Job<TaskJob>, hideUserData: boolean): TaskJob {
  const parsed = taskJob.safeParse(job.data);
  if (parsed.success && job.id === taskJobId(parsed.data.operationId, parsed.data.task, hideUserData))
    return parsed.data;
  throw failure('not a job of this migration: it was added, copied or edited by hand; nothing was done');
}

/** An attempt's outcome for the log. */
function outcomeOf(result: TaskResult): [outcome: string, detail?: string] {
  if (!('outcome' in result)) return ['not-started', result.why];
  if (result.outcome === 'done') return ['done', result.summary];
  return result.outcome === 'failed' ? ['failed', result.reason] : [result.outcome];
}

/** Ends the job by its task's result: completed, failed with a reason, or requeued. */
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
        report.event(`${result.reason}; continues in some seconds`);
        return await postpone(job, token);
      case 'stale':
        throw failure('replaced by a newer attempt at the same task; nothing was recorded');
    }
  }
  switch (result.why) {
    case 'quarantined':
      // It ran isolated, but another start was counted meanwhile. The next attempt decides.
      await job.moveToWait(token);
      throw new WaitingError();
    case 'done':
      report.finish('done by an earlier attempt', 100);
      return 'done by an earlier attempt';
    case 'paused':
      // The queue is paused together with the run, or soon by a supervisor.
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
      return 'the run had ended before this job began';
    case 'rolled-back':
      throw failure(`the run was rolled back by ${result.by ?? 'a rollback'}; its jobs can't be retried`);
    case 'unknown-operation':
      throw failure("the run's records are no longer in Redis; start a new run, which skips existing items");
  }
}

/** Delays the job, which consumes no attempt. */
async function postpone(job: Job<TaskJob>, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + postponeMs + Math.random() * postponeMs, token);
  throw new DelayedError();
}

/** An error that fails the job without retries. Bull Board shows its reason, without a stack. */
function failure(reason: string): UnrecoverableError {
  const error = new UnrecoverableError(reason);
  error.stack = reason;
  return error;
}

/** An error for BullMQ without the message, which could name a user. */
function plainError(code: string): Error {
  const error = new Error(code);
  error.stack = code;
  return error;
}

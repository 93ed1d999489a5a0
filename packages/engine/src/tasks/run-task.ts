import { MigrationError, type Operation, parseTaskId, quarantineAfterStarts } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { joinSignals } from '../join-signals.ts';
import type { TaskStart } from './page-result.ts';
import {
  type AttemptOptions,
  type Lost,
  type StartedTask,
  TaskAttempt,
  type TaskResult,
} from './task-attempt.ts';
import { taskWork } from './task-work.ts';

/**
 * One attempt at one task: start a new epoch, work page by page, commit each, end.
 *
 * An attempt ends when its last page is committed (done, or failed if entries failed); when it is stopped and returns
 * the task to the queue; or when a newer attempt makes it stale. An error that no single entry causes postpones the
 * task (an outage), pauses the operation (`pause-run`), or throws while attempts are left, else fails the task. If
 * the ledger has lost records, as after a failover of Redis, the task restarts from what is left: items that exist
 * already are found and counted.
 */
export async function runTask(
  context: EngineContext,
  operationId: string,
  task: string,
  attempt: AttemptOptions,
): Promise<TaskResult> {
  for (;;) {
    const result = await runOnce(context, operationId, task, attempt);
    if (!('outcome' in result) || result.outcome !== 'missing') return result;
    attempt.onEvent('the ledger has lost the last records; the task continues from what is left');
  }
}

async function runOnce(
  context: EngineContext,
  operationId: string,
  task: string,
  attempt: AttemptOptions,
): Promise<TaskResult | Lost> {
  const requestedAt = attempt.watcher.now();
  const started = await context.ledger.startTask(operationId, task, {
    binding: await context.binding(),
    reopen: attempt.reopen,
    isolated: attempt.isolated === true,
  });
  if (!started.started) return started;
  using watched = attempt.watcher.watch(operationId, { task, epoch: started.epoch }, requestedAt);
  using joined = joinSignals(attempt.signal, watched.signal);
  const { signal } = joined;
  const { lease } = watched;
  return await work(context, started.operation, { ...started, task, signal, lease }, attempt);
}

async function work(
  context: EngineContext,
  operation: Operation,
  start: StartedTask,
  attempt: AttemptOptions,
): Promise<TaskResult | Lost> {
  const taskAttempt = new TaskAttempt(context, operation, start, attempt);
  if (start.startsWithoutProgress > quarantineAfterStarts + 1) {
    const tries = start.startsWithoutProgress - 1;
    const what = `its process ended ${tries} times without progress, the last time while no other task ran in it`;
    return taskAttempt.fail(new MigrationError('POISONED', what));
  }
  if (start.epoch > 1) attempt.onEvent(resumption(start));
  try {
    await attempt.onStarted?.();
    for await (const page of taskWork(context, operation, start)) {
      const result = await taskAttempt.commit(page);
      if (result !== undefined) return result;
    }
    throw new MigrationError('INTERNAL', `${start.task} ended without a last page`);
  } catch (error) {
    return taskAttempt.interrupted(error);
  }
}

function resumption(start: TaskStart): string {
  const where =
    start.cursor === undefined
      ? 'from the beginning'
      : parseTaskId(start.task).type === 'segment'
        ? 'after the last page'
        : `after ${start.cursor.slice(1) || 'the last entry'}`;
  return `attempt ${start.epoch}, continues ${where}`;
}

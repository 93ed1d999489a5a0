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
 * An attempt ends in one of these ways: the last page is committed (done, or failed where entries have failed); it is
 * stopped from outside and hands the task back; a newer attempt makes it stale; or an error that no entry is
 * to blame for fails it. The last postpones the task if it is an outage, throws while attempts are left, pauses the operation
 * if only a person can help, and fails the task otherwise. Where the ledger turns out to have lost records, as after
 * a failover of Redis, it starts over from what it has: what is in the table already is found there and counted.
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
    attempt.onEvent('the ledger has lost the last records; the task goes on from what it has');
  }
}

async function runOnce(
  context: EngineContext,
  operationId: string,
  task: string,
  attempt: AttemptOptions,
): Promise<TaskResult | Lost> {
  const asked = attempt.watcher.now();
  const started = await context.ledger.startTask(operationId, task, {
    binding: await context.binding(),
    reopen: attempt.reopen,
    isolated: attempt.isolated === true,
  });
  if (!started.started) return started;
  const watched = attempt.watcher.watch(operationId, { task, epoch: started.epoch }, asked);
  const { signal, leave } = joinSignals(attempt.signal, watched.signal);
  const { lease } = watched;
  try {
    return await work(context, started.operation, { ...started, task, signal, lease }, attempt);
  } finally {
    leave();
    watched.leave();
  }
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
    const what = `the process that worked on it ended ${tries} times without getting on, at last with nothing else to do`;
    return taskAttempt.fail(new MigrationError('POISONED', what));
  }
  if (start.epoch > 1) attempt.onEvent(resumption(start));
  try {
    await attempt.onStarted?.();
    for await (const page of taskWork(context, operation, start)) {
      const result = await taskAttempt.commit(page);
      if (result !== undefined) return result;
    }
    throw new MigrationError('INTERNAL', `the work on ${start.task} ended without a last page`);
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
  return `start number ${start.epoch}, going on ${where}`;
}

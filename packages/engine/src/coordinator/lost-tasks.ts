import type { Operation } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';

/**
 * Dispatches the operation's unfinished tasks again. One whose job still waits or runs stays as it is; one whose job was
 * removed, or has ended without the ledger knowing, goes again. It reads every record of the operation and asks for every
 * job of an unfinished task: only for an operation that stands still.
 */
export async function dispatchLostTasks(context: CoordinatorContext, operation: Operation): Promise<void> {
  const { tasks } = operation;
  if (tasks.listed - tasks.completed - tasks.failed <= 0) return;
  let cursor: string | undefined;
  do {
    const page = await context.ledger.listTasks(operation.id, {
      states: ['queued', 'running'],
      cursor,
    });
    if (page.tasks.length > 0)
      await context.dispatcher.dispatch(operation.id, page.tasks, { mayHaveRun: true });
    cursor = page.cursor;
  } while (cursor !== undefined);
}

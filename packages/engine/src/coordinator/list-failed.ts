import { type Operation, taskId } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import type { Listing } from './plan.ts';

/** The next failed users of a run that is retried: all, one, or those with a failure of one code. */
export async function listFailed(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  wanted: { readonly userId?: string; readonly code?: string },
): Promise<Listing> {
  const { ledger } = context;
  const { cursor } = operation.listing;
  if (wanted.userId !== undefined) {
    const tasks = await ledger.requeueFailed(operation.id, [taskId({ type: 'user', userId: wanted.userId })]);
    return { tasks, done: true };
  }
  const page = await ledger.listTasks(operation.id, {
    states: ['failed'],
    cursor,
  });
  const { code } = wanted;
  const chosen: string[] = [];
  for (const task of page.tasks) {
    if (code === undefined || (await mayHaveFailedWith(context, operation, task, code))) chosen.push(task);
  }
  const tasks = await ledger.requeueFailed(operation.id, chosen);
  return {
    tasks,
    done: page.cursor === undefined,
    cursor: page.cursor,
  };
}

/** A task of whose failures none is kept by name (there were too many) may have any code: it is retried. */
async function mayHaveFailedWith(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  task: string,
  code: string,
): Promise<boolean> {
  const issues = await context.ledger.taskIssues(operation.id, task);
  return issues.length === 0 || issues.some((issue) => issue.code === code);
}

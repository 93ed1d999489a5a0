import { type Operation, type CoordinatorState, type Source, taskId } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import type { Listing } from './plan.ts';

const idsPage = 250;
/** Less than the time limit of a round. Without a result in time there is no total. */
const countLimitMs = 8_000;

/** The next users: a page of Firestore's list, or of the request's `userIds`. */
export async function listUsers(
  context: Pick<CoordinatorContext, 'source' | 'settings'>,
  operation: Operation,
  userIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Listing> {
  const { cursor } = operation.listing;
  if (userIds !== undefined) {
    const from = cursor === undefined ? 0 : Number(cursor);
    const tasks = userIds.slice(from, from + idsPage).map((userId) => taskId({ type: 'user', userId }));
    return { tasks, cursor: String(from + tasks.length), done: from + tasks.length >= userIds.length };
  }
  const page = await context.source.listUsers({
    pageSize: context.settings.usersPage,
    signal,
    pageToken: cursor,
  });
  const missing = page.users.filter((user) => user.missing).length;
  const coordinatorState: CoordinatorState = {
    missingUsers: (operation.coordinatorState.missingUsers ?? 0) + missing,
  };
  return {
    tasks: page.users.map(({ userId }) => taskId({ type: 'user', userId })),
    done: page.nextPageToken === undefined,
    coordinatorState,
    cursor: page.nextPageToken,
  };
}

/** The number of entries to process, counted within the time limit of a round. */
export async function countEntries(
  { source }: Pick<CoordinatorContext, 'source'>,
  userIds: readonly string[] | undefined,
  round: AbortSignal,
): Promise<number | undefined> {
  return await tryCountEntries(source, userIds, AbortSignal.any([round, AbortSignal.timeout(countLimitMs)]));
}

/** The number of entries, of these users or of all. It is for progress only: undefined if they can't be counted. */
export async function tryCountEntries(
  source: Pick<Source, 'countEntries' | 'countUserEntries'>,
  userIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  // One query for each user: too costly for many users.
  if (userIds !== undefined && userIds.length > 100) return undefined;
  try {
    if (userIds === undefined) return await source.countEntries(signal);
    const counts = await Promise.all(
      [...new Set(userIds)].map((userId) => source.countUserEntries(userId, signal)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  } catch {
    return undefined;
  }
}

/** The next failed users of a retried run: all, one, or those with a failure of one code. */
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
  const page = await ledger.listTasks(operation.id, { states: ['failed'], cursor });
  const { code } = wanted;
  const chosen: string[] = [];
  for (const task of page.tasks) {
    if (code === undefined || (await mayHaveFailedWith(context, operation, task, code))) chosen.push(task);
  }
  const tasks = await ledger.requeueFailed(operation.id, chosen);
  return { tasks, done: page.cursor === undefined, cursor: page.cursor };
}

/** A task without any kept failure (there were too many) may have any code: it is retried. */
async function mayHaveFailedWith(
  context: Pick<CoordinatorContext, 'ledger'>,
  operation: Operation,
  task: string,
  code: string,
): Promise<boolean> {
  const issues = await context.ledger.taskIssues(operation.id, task);
  return issues.length === 0 || issues.some((issue) => issue.code === code);
}

/** All segments of the table at once: there are only a few. */
export function listSegments(of: number, options: { readonly rescan?: true } = {}): string[] {
  return Array.from({ length: of }, (_, segment) => taskId({ type: 'segment', segment, of, ...options }));
}

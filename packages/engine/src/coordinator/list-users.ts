import { type Operation, type CoordinatorState, taskId } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import type { Listing } from './plan.ts';

const idsPage = 250;
/** Less than a coordinator's round may take: a total that does not come is left out. */
const countLimitMs = 8_000;

/** The next users: of Firestore's own list, page by page, or of the list that the starter gave. */
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

/** How many entries there are to go through. Undefined if Firestore can't say: the run needs no total to be right. */
export async function countEntries(
  context: Pick<CoordinatorContext, 'source'>,
  userIds: readonly string[] | undefined,
  round: AbortSignal,
): Promise<number | undefined> {
  // One small query for each user: beyond a few it costs more than a percentage is worth.
  if (userIds !== undefined && userIds.length > 100) return undefined;
  const signal = AbortSignal.any([round, AbortSignal.timeout(countLimitMs)]);
  try {
    if (userIds === undefined) return await context.source.countEntries(signal);
    const counts = await Promise.all(
      userIds.map((userId) => context.source.countUserEntries(userId, signal)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  } catch {
    return undefined;
  }
}

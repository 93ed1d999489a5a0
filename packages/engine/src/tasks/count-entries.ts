import { type Deltas, parseItem, type Task, type VerificationRequest } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { userOfCopy } from '../entries/journal-items.ts';
import { endOfEntries } from './entry-cursor.ts';
import type { TaskStart, TaskWork } from './page-result.ts';
import { scanSegment, wantedUsers } from './scan-segment.ts';

/** Firestore's side of a verification by count: one aggregate query, which sees this user's own journal and no other. */
export async function* countUser(
  context: Pick<EngineContext, 'source'>,
  userId: string,
  start: TaskStart,
): TaskWork {
  const entries = await context.source.countUserEntries(userId, start.signal);
  yield { deltas: { entries }, cursor: endOfEntries, last: true };
}

/** Counts DynamoDB's side: the copies in one segment of the table, of the users that the verification covers. */
export async function* countSegment(
  context: Pick<EngineContext, 'target'>,
  segment: Extract<Task, { type: 'segment' }>,
  request: VerificationRequest,
  start: TaskStart,
): TaskWork {
  const users = wantedUsers(request);
  for await (const page of scanSegment(context.target, segment, start, { keysOnly: true, limit: 1_000 })) {
    let copies = 0;
    for (const item of page.items) {
      const userId = userOfCopy(parseItem(item));
      if (userId !== undefined && (users === undefined || users.has(userId))) copies += 1;
    }
    const deltas: Deltas<'verification'> = { scanned: page.items.length, items: copies };
    yield { deltas, last: page.last, cursor: page.cursor };
  }
}

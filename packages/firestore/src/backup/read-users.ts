import { type EntryPage, type ListedUser, MigrationError, type Source } from '@migrator/core';

import type { BackupTally } from './backup-tally.ts';
import { compareIds } from './compare-ids.ts';

const usersPage = 300;
const page = { limit: 300, maxBytes: 2 * 1024 * 1024 };
/**
 * The number of users whose first pages are read ahead: most users have one page only, and each takes a round trip.
 */
const usersAhead = 16;

export interface UserPart extends Pick<EntryPage, 'entries'> {
  readonly user: ListedUser;
  /** This is the user's last page. */
  readonly last: boolean;
}

interface ReadOptions {
  readonly userIds?: readonly string[] | undefined;
  /** The progress of the backup so far. */
  readonly tally: Pick<BackupTally, 'user' | 'date' | 'ended'>;
  readonly signal: AbortSignal;
}

/** The entries of all users, or of the given ones, in order, after those of the tally. */
export async function* readUsers(source: Source, options: ReadOptions): AsyncGenerator<UserPart> {
  const { tally } = options;
  const begun = tally.ended ? undefined : tally.user;
  const begunAfter = tally.date;
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const read = (userId: string, after?: string): Promise<EntryPage> => {
    const reading = source.readPage({ userId, after, ...page, signal });
    // It is awaited, with its error, in its turn.
    reading.catch(() => undefined);
    return reading;
  };
  const users = listUsers(source, { ...options, signal });
  const ahead: { readonly user: ListedUser; readonly first: Promise<EntryPage> }[] = [];
  let listing = true;
  try {
    for (;;) {
      while (listing && ahead.length < usersAhead) {
        const next = await users.next();
        if (next.done === true) listing = false;
        else {
          const { userId } = next.value;
          ahead.push({ user: next.value, first: read(userId, userId === begun ? begunAfter : undefined) });
        }
      }
      const current = ahead.shift();
      if (current === undefined) return;
      const { user } = current;
      let reading: Promise<EntryPage> | undefined = current.first;
      while (reading !== undefined) {
        const { entries, more }: EntryPage = await reading;
        const lastDate: string | undefined = entries.at(-1)?.date;
        reading = more && lastDate !== undefined ? read(user.userId, lastDate) : undefined;
        yield { user, entries, last: reading === undefined };
      }
    }
  } finally {
    left.abort();
  }
}

/** The users that the tally lacks, beginning with one whose end it lacks. */
async function* listUsers(
  source: Source,
  { userIds, tally: { user: last, ended }, signal }: ReadOptions,
): AsyncGenerator<ListedUser, undefined> {
  let begun = ended ? undefined : last;
  const all = userIds === undefined ? allUsers(source, signal) : givenUsers(userIds);
  for await (const user of all) {
    const order = last === undefined ? 1 : compareIds(user.userId, last);
    if (order < 0 || (order === 0 && begun === undefined)) continue;
    // The user was deleted meanwhile. Its entries are in the backup, so its end has to be written.
    if (order > 0 && begun !== undefined) yield { userId: begun, missing: true };
    begun = undefined;
    yield user;
  }
  if (begun !== undefined) yield { userId: begun, missing: true };
  return undefined;
}

async function* givenUsers(userIds: readonly string[]): AsyncGenerator<ListedUser> {
  for (const userId of userIds) yield { userId, missing: false };
}

async function* allUsers(source: Source, signal: AbortSignal): AsyncGenerator<ListedUser> {
  let pageToken: string | undefined;
  let last: string | undefined;
  do {
    const { users, nextPageToken } = await source.listUsers({ pageSize: usersPage, pageToken, signal });
    for (const user of users) {
      // Firestore's documented order. Without it users could be left out after an interruption.
      if (last !== undefined && compareIds(last, user.userId) >= 0)
        throw new MigrationError('SOURCE_INVALID', `Firestore listed user ${user.userId} out of order.`);
      last = user.userId;
      yield user;
    }
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
}

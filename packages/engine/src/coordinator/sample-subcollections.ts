import { entryPath, type EntryRef, type Source, type SubcollectionSample, messageOf } from '@migrator/core';
import pLimit from 'p-limit';

import type { CoordinatorContext } from '../engine-context.ts';

/** The size of the sample: entries, users, and how many of each list they are chosen from. */
const sampledEntries = 100;
const sampledUsers = 20;
const usersListed = 250;
const daysListed = 50;
const maxExamples = 10;
const atOnce = 8;
/** Less than the time limit of a coordinator's round. */
const limitMs = 5_000;

/**
 * Samples entries, spread over the first users and their days, for data that no run copies: documents in
 * subcollections of an entry, and days that exist only as parents of such documents. Never throws: after an error or
 * a timeout the result says why.
 */
export async function sampleSubcollections(
  { source, settings }: Pick<CoordinatorContext, 'source' | 'settings'>,
  userIds: readonly string[] | undefined,
  round: AbortSignal,
): Promise<SubcollectionSample> {
  const signal = AbortSignal.any([round, AbortSignal.timeout(limitMs)]);
  const limit = pLimit(atOnce);
  try {
    const users = spread(await firstUsers(source, userIds, signal), sampledUsers);
    const perUser = Math.ceil(sampledEntries / Math.max(1, users.length));
    const days = await limit.map(users, async (userId) => {
      const listed = await source.listDays(userId, { limit: Math.max(daysListed, perUser), signal });
      return listed.map((day) => ({ ...day, userId }));
    });
    const missing = days.flat().filter((day) => day.missing);
    const entries = days.flatMap((listed) =>
      spread(
        listed.filter((day) => !day.missing),
        perUser,
      ),
    );
    const parents = await limit.map(entries, async (entry) =>
      (await source.listSubcollections(entry, signal)).length > 0 ? [entry] : [],
    );
    const having = parents.flat();
    const pathOf = (ref: EntryRef): string => entryPath(ref, settings.names);
    return {
      sampledUsers: users.length,
      sampledEntries: entries.length,
      entriesWithSubcollections: having.length,
      parentsWithoutDocument: missing.length,
      examples: [...having, ...missing].slice(0, maxExamples).map(pathOf),
    };
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

async function firstUsers(
  source: Source,
  userIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (userIds !== undefined) return userIds;
  const { users } = await source.listUsers({ pageSize: usersListed, signal });
  return users.map(({ userId }) => userId);
}

/** At most `count` of them, evenly spaced. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]!);
}

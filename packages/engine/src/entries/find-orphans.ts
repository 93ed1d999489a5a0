import { isDocumentId, MigrationError, type Source } from '@migrator/core';

import type { OwnedItem } from './journal-items.ts';

export interface Orphans {
  /** Owned items whose entry Firestore does not hold. */
  readonly orphans: readonly OwnedItem[];
  /** Owned items whose entry Firestore can't be asked about. They are never taken for orphans. */
  readonly unknown: readonly OwnedItem[];
}

/** Asks Firestore which of the owned items have no entry. An item at another key than its own is nobody's: an orphan. */
export async function findOrphans(
  source: Source,
  items: readonly OwnedItem[],
  signal: AbortSignal,
): Promise<Orphans> {
  const misplaced = items.filter(({ atItsOwnKey }) => !atItsOwnKey);
  const placed = items.filter(({ atItsOwnKey }) => atItsOwnKey);
  const unaskable = placed.filter((item) => !isAskable(item));
  const { orphans, unknown } = await ask(source, placed.filter(isAskable), signal);
  return { orphans: [...misplaced, ...orphans], unknown: [...unaskable, ...unknown] };
}

function isAskable({ stamp }: OwnedItem): boolean {
  return isDocumentId(stamp.userId) && isDocumentId(stamp.date);
}

/** One id that Firestore refuses fails the whole request: then each half is asked by itself, down to the one that it is. */
async function ask(source: Source, items: readonly OwnedItem[], signal: AbortSignal): Promise<Orphans> {
  if (items.length === 0) return { orphans: [], unknown: [] };
  try {
    const refs = items.map(({ stamp }) => ({ userId: stamp.userId, date: stamp.date }));
    const found = await source.readEntries(refs, { keysOnly: true, signal });
    const known = new Set(found.map(({ userId, date }) => `${userId}/${date}`));
    return {
      orphans: items.filter(({ stamp }) => !known.has(`${stamp.userId}/${stamp.date}`)),
      unknown: [],
    };
  } catch (error) {
    if (MigrationError.codeOf(error) !== 'SOURCE_INVALID') throw error;
    if (items.length === 1) return { orphans: [], unknown: items };
    const half = Math.ceil(items.length / 2);
    const first = await ask(source, items.slice(0, half), signal);
    const rest = await ask(source, items.slice(half), signal);
    return {
      orphans: [...first.orphans, ...rest.orphans],
      unknown: [...first.unknown, ...rest.unknown],
    };
  }
}

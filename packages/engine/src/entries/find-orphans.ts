import { isDocumentId, MigrationError, type Source } from '@migrator/core';

import type { OwnedItem } from './journal-items.ts';

export interface Orphans {
  /** Owned items whose entry Firestore does not hold. */
  readonly orphans: readonly OwnedItem[];
  /** Owned items whose entry Firestore can't look up (an invalid id). They never count as orphans. */
  readonly unknown: readonly OwnedItem[];
}

/**
 * Asks Firestore which of the owned items have no entry. An item whose key does not match its user and date is an
 * orphan.
 */
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

function isAskable({ provenance }: OwnedItem): boolean {
  return isDocumentId(provenance.userId) && isDocumentId(provenance.date);
}

/** One id that Firestore rejects fails the whole request. Then each half is requested separately, down to that id. */
async function ask(source: Source, items: readonly OwnedItem[], signal: AbortSignal): Promise<Orphans> {
  if (items.length === 0) return { orphans: [], unknown: [] };
  try {
    const refs = items.map(({ provenance }) => ({ userId: provenance.userId, date: provenance.date }));
    const found = await source.readEntries(refs, { keysOnly: true, signal });
    const known = new Set(found.map(({ userId, date }) => `${userId}/${date}`));
    return {
      orphans: items.filter(({ provenance }) => !known.has(`${provenance.userId}/${provenance.date}`)),
      unknown: [],
    };
  } catch (error) {
    if (MigrationError.codeOf(error) !== 'SOURCE_INVALID') throw error;
    if (items.length === 1) return { orphans: [], unknown: items };
    const half = Math.ceil(items.length / 2);
    const first = await ask(source, items.slice(0, half), signal);
    const rest = await ask(source, items.slice(half), signal);
    return { orphans: [...first.orphans, ...rest.orphans], unknown: [...first.unknown, ...rest.unknown] };
  }
}

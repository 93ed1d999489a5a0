import type { Source } from '@migrator/core';

import type { OwnedItem } from './journal-items.ts';

/** Those of the owned items whose entry Firestore does not hold. */
export async function withoutEntry(
  source: Source,
  items: readonly OwnedItem[],
  signal: AbortSignal,
): Promise<readonly OwnedItem[]> {
  const askable = items.filter(({ stamp }) => isDocumentId(stamp.userId) && isDocumentId(stamp.date));
  const found = await source.readEntries(
    askable.map(({ stamp }) => ({ userId: stamp.userId, date: stamp.date })),
    { keysOnly: true, signal },
  );
  const known = new Set(found.map(({ userId, date }) => `${userId}/${date}`));
  return items.filter(
    ({ stamp, atItsOwnKey }) => !atItsOwnKey || !known.has(`${stamp.userId}/${stamp.date}`),
  );
}

/** Ids that Firestore would refuse to look up: no document can have them, and one of them fails a whole request. */
function isDocumentId(id: string): boolean {
  if (id === '' || id === '.' || id === '..' || id.includes('/') || !id.isWellFormed()) return false;
  return Buffer.byteLength(id) <= 1500 && !/^__.*__$/s.test(id);
}

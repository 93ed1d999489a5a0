import type { EntryRef } from './ports/source.ts';

/** Firestore's limit for an id, bytes of UTF-8. */
export const maxDocumentIdBytes = 1500;

const reserved = /^__.+__$/s;
/** An entity that came from Datastore: its number, without a sign, zeros or a plus that it does not need. */
const numeric = /^__id(-?[1-9]\d{0,18})__$/;

/**
 * Whether a document can have this id. Firestore rejects a whole request that contains any other one.
 *
 * Ids of the form `__id7__` are valid although `__…__` is reserved, for numbers of 64 bits other than zero.
 */
export function isDocumentId(id: string): boolean {
  if (id === '' || id === '.' || id === '..' || id.includes('/') || !id.isWellFormed()) return false;
  if (Buffer.byteLength(id) > maxDocumentIdBytes) return false;
  return !reserved.test(id) || isNumericId(id);
}

function isNumericId(id: string): boolean {
  const digits = numeric.exec(id)?.[1];
  return digits !== undefined && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

export interface CollectionNames {
  readonly users: string;
  readonly journal: string;
}

/** `users/{userId}/trading-journal/{date}`, as failures and issues name an entry. */
export function entryPath(ref: EntryRef, names: CollectionNames): string {
  return `${names.users}/${ref.userId}/${names.journal}/${ref.date}`;
}

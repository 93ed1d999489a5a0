import type { EntryRef } from './ports/source.ts';

/** DynamoDB's limit for a partition key, bytes of UTF-8. */
export const maxDateKeyBytes = 2048;

export const dateKeyPrefix = 'journal_';

export function dateKey(ref: EntryRef): string {
  return `${dateKeyPrefix}${ref.userId}_${ref.date}`;
}

/** Whether DynamoDB accepts the key. It rejects a longer one in reads, too. */
export function isStorableKey(key: string): boolean {
  // UTF-8 takes at most three bytes for each UTF-16 unit, so that an ordinary key needs no counting.
  return key.length * 3 <= maxDateKeyBytes || Buffer.byteLength(key) <= maxDateKeyBytes;
}

/**
 * Whether another entry could have the same key.
 *
 * The key is the user, an underscore and the date. If two different entries give one key, one user id is the longer
 * one; it starts with the other user id, followed by the underscore that ends it there, so it holds an underscore.
 * What the shorter user id leaves over, its date, then holds the underscore that ends the longer one. So each entry
 * of a collision has an underscore in an id of its own, and an entry without one is alone with its key.
 */
export function mayCollide(ref: EntryRef): boolean {
  return ref.userId.includes('_') || ref.date.includes('_');
}

import { dateKey } from './date-key.ts';
import type { EncodedItem, OwnedItemRef, StoredItem } from './ports/target.ts';
import { mapOf, textOf } from './values/stored-attribute.ts';

/**
 * The one definition of which items the migration owns: as the conditions that DynamoDB checks with each write and
 * delete, and as a check of a stored item after a condition has failed.
 */

/** Placeholders of the conditions; their names never vary, only the values do. */
export const ownershipNames = { '#data': 'data', '#date': 'date', '#metadata': 'metadata' } as const;

const owned = '#data.#metadata.migratedFrom = :from AND updatedAt = #data.#metadata.migratedAt';
const sameEntry = '#data.userId = :user AND #data.#date = :date';

export const putCondition =
  `attribute_not_exists(dateKey) OR (${owned} AND ${sameEntry}` +
  ' AND #data.#metadata.migratedAt <= :at AND #data.#metadata.originalTimestamp <= :original)';

/** JSON text, not an object, because it is built for each item. */
export function putConditionValues(item: EncodedItem): string {
  return (
    `{":from":{"S":"firestore"},":user":${text(item.userId)},":date":${text(item.date)},` +
    `":at":${text(item.migratedAt)},":original":${text(item.originalTimestamp)}}`
  );
}

function text(value: string): string {
  return `{"S":${JSON.stringify(value)}}`;
}

export function deleteCondition(ref: OwnedItemRef): string {
  const run = ref.migratedAt === undefined ? '' : ' AND #data.#metadata.migratedAt = :at';
  return `${owned} AND ${sameEntry}${run}`;
}

export function deleteConditionValues(ref: OwnedItemRef): { readonly [placeholder: string]: { S: string } } {
  return {
    ':from': { S: 'firestore' },
    ':user': { S: ref.userId },
    ':date': { S: ref.date },
    ...(ref.migratedAt === undefined ? {} : { ':at': { S: ref.migratedAt } }),
  };
}

/** The origin that a stored item names. */
export interface Provenance {
  readonly userId: string;
  readonly date: string;
  readonly migratedAt: string;
  readonly originalTimestamp: string;
}

/**
 * The item's provenance; undefined unless the migration owns it (copied from Firestore, not saved by the application
 * since).
 */
export function readProvenance(item: StoredItem): Provenance | undefined {
  const data = mapOf(item['data']);
  const metadata = mapOf(data?.['metadata']);
  const migratedAt = textOf(metadata?.['migratedAt']);
  if (textOf(metadata?.['migratedFrom']) !== 'firestore') return undefined;
  if (migratedAt === undefined || textOf(item['updatedAt']) !== migratedAt) return undefined;
  const userId = textOf(data?.['userId']);
  const date = textOf(data?.['date']);
  const originalTimestamp = textOf(metadata?.['originalTimestamp']);
  if (userId === undefined || date === undefined || originalTimestamp === undefined) return undefined;
  return { userId, date, migratedAt, originalTimestamp };
}

/** Whether the item was copied from Firestore, including one that the application has saved since. */
export function isCopy(item: StoredItem): boolean {
  return mapOf(mapOf(item['data'])?.['metadata'])?.['migratedFrom'] !== undefined;
}

/** Whether the item's key matches its user and date. Only such an item may be rolled back. */
export function isAtItsOwnKey(item: StoredItem, provenance: Provenance): boolean {
  return textOf(item['dateKey']) === dateKey(provenance);
}

export type Ownership =
  /** The application's, or of unknown origin. It is not changed. */
  | 'foreign'
  /** Another entry's item with the same key. */
  | 'collision'
  /** This entry's item, from a newer run or a newer version of the document. It is not changed. */
  | 'newer'
  /** This entry's item, owned by the migration: may be overwritten. */
  | 'ours';

/** Whether `stored` may be replaced by the item with this provenance. */
export function ownershipOf(stored: StoredItem, item: Provenance): Ownership {
  const provenance = readProvenance(stored);
  if (provenance === undefined) return 'foreign';
  if (provenance.userId !== item.userId || provenance.date !== item.date) return 'collision';
  if (provenance.migratedAt > item.migratedAt || provenance.originalTimestamp > item.originalTimestamp)
    return 'newer';
  return 'ours';
}

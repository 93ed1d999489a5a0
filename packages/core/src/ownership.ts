import { dateKey } from './date-key.ts';
import type { EncodedItem, OwnedItemRef, StoredItem } from './ports/target.ts';
import { mapOf, textOf } from './values/stored-attribute.ts';

/**
 * Whose item is it. The one place of the rule (contract: "Whose item is it"), as the conditions that DynamoDB checks
 * with each write and delete, and as a reading of a stored item for the times when a condition has failed.
 */

/** Placeholders of the conditions; their names never vary, only the values do. */
export const ownershipNames = { '#data': 'data', '#date': 'date', '#metadata': 'metadata' } as const;

const owned = '#data.#metadata.migratedFrom = :from AND updatedAt = #data.#metadata.migratedAt';
const sameEntry = '#data.userId = :user AND #data.#date = :date';

export const putCondition =
  `attribute_not_exists(dateKey) OR (${owned} AND ${sameEntry}` +
  ' AND #data.#metadata.migratedAt <= :at AND #data.#metadata.originalTimestamp <= :original)';

/** As JSON: there is one for each item that is written. */
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

/** What a stored item says of where it comes from. */
export interface Provenance {
  readonly userId: string;
  readonly date: string;
  readonly migratedAt: string;
  readonly originalTimestamp: string;
}

/** The item's provenance if the migration owns it: copied from Firestore and not saved by the application since. */
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

/** Whether the item is a copy from Firestore: the migration's still, or saved by the application since. */
export function isCopy(item: StoredItem): boolean {
  return mapOf(mapOf(item['data'])?.['metadata'])?.['migratedFrom'] !== undefined;
}

/** Whether the key is the one that the item's own user and date give; only such an item may be rolled back. */
export function isAtItsOwnKey(item: StoredItem, provenance: Provenance): boolean {
  return textOf(item['dateKey']) === dateKey(provenance);
}

export type Ownership =
  /** The application's, or of unknown origin: left alone. */
  | 'foreign'
  /** Another entry's item under the same key. */
  | 'collision'
  /** This entry's, but from a newer run or a newer state of the document. */
  | 'newer'
  /** This entry's, ours to overwrite. */
  | 'ours';

/** How a stored item stands to the item that is to be written in its place. */
export function ownershipOf(stored: StoredItem, item: Provenance): Ownership {
  const provenance = readProvenance(stored);
  if (provenance === undefined) return 'foreign';
  if (provenance.userId !== item.userId || provenance.date !== item.date) return 'collision';
  if (provenance.migratedAt > item.migratedAt || provenance.originalTimestamp > item.originalTimestamp)
    return 'newer';
  return 'ours';
}

import {
  isAtItsOwnKey,
  isCopy,
  mapOf,
  type Provenance,
  readProvenance,
  type StoredItem,
  textOf,
} from '@migrator/core';

export interface OwnedItem {
  readonly dateKey: string;
  readonly provenance: Provenance;
  /** False if the key does not match the item's user and date. Such an item is never deleted. */
  readonly atItsOwnKey: boolean;
}

export function dateKeyOf(item: StoredItem): string {
  return textOf(item['dateKey']) ?? '';
}

/**
 * The user of an item that was copied from Firestore, including one that the application has saved since. Undefined
 * for any other item.
 */
export function userOfCopy(item: StoredItem): string | undefined {
  return isCopy(item) ? textOf(mapOf(item['data'])?.['userId']) : undefined;
}

/** The item with its provenance; undefined unless the migration owns it. */
export function asOwned(item: StoredItem): OwnedItem | undefined {
  const provenance = readProvenance(item);
  if (provenance === undefined) return undefined;
  return { dateKey: dateKeyOf(item), provenance, atItsOwnKey: isAtItsOwnKey(item, provenance) };
}

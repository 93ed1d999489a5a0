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
  /** False where the key is not the one that its own user and date give: never deleted. */
  readonly atItsOwnKey: boolean;
}

export function dateKeyOf(item: StoredItem): string {
  return textOf(item['dateKey']) ?? '';
}

/**
 * The user whose entry the item is a copy of, be it the migration's still or saved by the application since. Undefined
 * for an item that is no copy.
 */
export function userOfCopy(item: StoredItem): string | undefined {
  return isCopy(item) ? textOf(mapOf(item['data'])?.['userId']) : undefined;
}

/** The item with its provenance if the migration owns it. */
export function asOwned(item: StoredItem): OwnedItem | undefined {
  const provenance = readProvenance(item);
  if (provenance === undefined) return undefined;
  return { dateKey: dateKeyOf(item), provenance, atItsOwnKey: isAtItsOwnKey(item, provenance) };
}

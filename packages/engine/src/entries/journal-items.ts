import { isAtItsOwnKey, readProvenance, type Provenance, type StoredItem } from '@migrator/core';

export interface OwnedItem {
  readonly dateKey: string;
  readonly provenance: Provenance;
  /** False where the key is not the one that its own user and date give: never deleted. */
  readonly atItsOwnKey: boolean;
}

export function dateKeyOf(item: StoredItem): string {
  const key = item['dateKey'];
  return key !== undefined && 'S' in key ? key.S : '';
}

/**
 * The user whose entry the item is a copy of, be it the migration's still or saved by the application since. Undefined
 * for an item that is no copy.
 */
export function userOfCopy(item: StoredItem): string | undefined {
  const data = item['data'];
  if (data === undefined || !('M' in data)) return undefined;
  const { userId, metadata } = data.M;
  const isCopy = metadata !== undefined && 'M' in metadata && metadata.M['migratedFrom'] !== undefined;
  return isCopy && userId !== undefined && 'S' in userId ? userId.S : undefined;
}

/** The item with its provenance if the migration owns it. */
export function asOwned(item: StoredItem): OwnedItem | undefined {
  const provenance = readProvenance(item);
  if (provenance === undefined) return undefined;
  return { dateKey: dateKeyOf(item), provenance, atItsOwnKey: isAtItsOwnKey(item, provenance) };
}

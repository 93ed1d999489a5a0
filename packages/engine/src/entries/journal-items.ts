import { isAtItsOwnKey, readStamp, type Stamp, type StoredItem } from '@migrator/core';

export interface OwnedItem {
  readonly dateKey: string;
  readonly stamp: Stamp;
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

/** The item with its stamp if the migration owns it. */
export function asOwned(item: StoredItem): OwnedItem | undefined {
  const stamp = readStamp(item);
  if (stamp === undefined) return undefined;
  return { dateKey: dateKeyOf(item), stamp, atItsOwnKey: isAtItsOwnKey(item, stamp) };
}

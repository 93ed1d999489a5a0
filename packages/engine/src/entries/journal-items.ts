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

/** The item with its stamp if the migration owns it. */
export function asOwned(item: StoredItem): OwnedItem | undefined {
  const stamp = readStamp(item);
  if (stamp === undefined) return undefined;
  return { dateKey: dateKeyOf(item), stamp, atItsOwnKey: isAtItsOwnKey(item, stamp) };
}

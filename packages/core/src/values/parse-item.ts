import { MigrationError } from '../migration-error.ts';
import type { StoredItem } from '../ports/target.ts';

/** An item of the JSON that a target hands out. Throws a MigrationError `TARGET_UNAVAILABLE` for what is none. */
export function parseItem(json: Uint8Array): StoredItem {
  try {
    return JSON.parse(Buffer.prototype.utf8Slice.call(json, 0, json.length)) as StoredItem;
  } catch (cause) {
    throw new MigrationError('TARGET_UNAVAILABLE', 'The table answered with an item that is no JSON.', {
      cause,
    });
  }
}

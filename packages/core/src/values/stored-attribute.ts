import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import { MigrationError } from '../migration-error.ts';
import { parseJson } from './parse-json.ts';

/** What a stored attribute holds if it is of the kind, undefined if it is of another or is not there. */
export function textOf(attribute: StoredAttribute | undefined): string | undefined {
  return attribute !== undefined && 'S' in attribute ? attribute.S : undefined;
}

export function numberOf(attribute: StoredAttribute | undefined): string | undefined {
  return attribute !== undefined && 'N' in attribute ? attribute.N : undefined;
}

export function binaryOf(attribute: StoredAttribute | undefined): string | undefined {
  return attribute !== undefined && 'B' in attribute ? attribute.B : undefined;
}

export function booleanOf(attribute: StoredAttribute | undefined): boolean | undefined {
  return attribute !== undefined && 'BOOL' in attribute ? attribute.BOOL : undefined;
}

export function isNull(attribute: StoredAttribute | undefined): boolean {
  return attribute !== undefined && 'NULL' in attribute && attribute.NULL;
}

export function mapOf(attribute: StoredAttribute | undefined): StoredItem | undefined {
  return attribute !== undefined && 'M' in attribute ? attribute.M : undefined;
}

export function listOf(attribute: StoredAttribute | undefined): readonly StoredAttribute[] | undefined {
  return attribute !== undefined && 'L' in attribute ? attribute.L : undefined;
}

/** A field by its name, which may be one that every object inherits (`constructor`, `__proto__`). */
export function storedField(fields: StoredItem, name: string): StoredAttribute | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** An item of the JSON that a target hands out. Throws a MigrationError `TARGET_UNAVAILABLE` for what is none. */
export function parseItem(json: Uint8Array): StoredItem {
  try {
    return parseJson(Buffer.prototype.utf8Slice.call(json, 0, json.length)) as StoredItem;
  } catch (cause) {
    throw new MigrationError('TARGET_UNAVAILABLE', 'The table answered with an item that is no JSON.', {
      cause,
    });
  }
}

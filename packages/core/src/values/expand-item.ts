import { gunzipSync } from 'node:zlib';
import { MigrationError } from '../migration-error.ts';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import { parseJson } from './parse-json.ts';
import { binaryOf, mapOf, storedField, textOf } from './stored-attribute.ts';

/**
 * Far more than any entry has: Firestore's documents are at most 1 MiB. Larger gzip data was not written by the
 * migration.
 */
const maxExpandedBytes = 64 * 1024 * 1024;

/**
 * The plain form of an item that was compressed because it was over DynamoDB's limit; any other item unchanged.
 * Throws a MigrationError `INVALID_ITEM` if the compressed part can't be read.
 */
export function expandItem(stored: StoredItem): StoredItem {
  const unpacked = unpackItem(stored);
  return unpacked === undefined ? stored : mergeUnpacked(stored, unpacked);
}

/** What `data.compressed` holds, by name; undefined for an item that is not compressed. Throws as `expandItem` does. */
export function unpackItem(stored: StoredItem): StoredItem | undefined {
  const data = fieldsOf(storedField(stored, 'data'));
  const encoding = storedField(fieldsOf(storedField(data, 'metadata')), 'encoding');
  if (textOf(encoding) !== 'gzip') return undefined;
  const compressed = binaryOf(storedField(data, 'compressed'));
  if (compressed === undefined) {
    throw new MigrationError(
      'INVALID_ITEM',
      'The item is marked as compressed but has no binary data.compressed',
    );
  }
  try {
    const json = gunzipSync(Buffer.from(compressed, 'base64'), { maxOutputLength: maxExpandedBytes });
    const fields: unknown = parseJson(json.toString());
    if (isFields(fields)) return fields;
  } catch (cause) {
    throw new MigrationError('INVALID_ITEM', "The item's data.compressed can't be read", { cause });
  }
  throw new MigrationError('INVALID_ITEM', "The item's data.compressed holds no fields");
}

/** The item with its unpacked fields in place. A field outside the compressed part wins over the same field in it. */
export function mergeUnpacked(stored: StoredItem, unpacked: StoredItem): StoredItem {
  const { compressed: _compressed, ...data } = fieldsOf(storedField(stored, 'data'));
  const { encoding: _encoding, ...metadata } = fieldsOf(storedField(data, 'metadata'));
  const allMetadata = { ...fieldsOf(storedField(unpacked, 'metadata')), ...metadata };
  return { ...stored, data: { M: { ...unpacked, ...data, metadata: { M: allMetadata } } } };
}

function fieldsOf(attribute: StoredAttribute | undefined): StoredItem {
  return mapOf(attribute) ?? {};
}

function isFields(value: unknown): value is StoredItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

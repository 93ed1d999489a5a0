import { expandItem, mapOf, type StoredAttribute } from '@migrator/core';

import { exactNumber } from './exact-number.ts';
import { fieldsOf, type JournalFields, type JournalValue } from './journal-value.ts';

/**
 * The fields of an entry that was compressed because it exceeded DynamoDB's limit; the data of any other unchanged.
 * Throws a MigrationError `INVALID_ITEM` if the compressed part can't be read.
 */
export function unpackData(data: JournalFields): JournalFields {
  const { encoding, ...metadata } = fieldsOf(data['metadata']);
  if (encoding !== 'gzip') return data;
  const { compressed, ...rest } = data;
  const binary: { readonly [name: string]: StoredAttribute } =
    compressed instanceof Uint8Array ? { compressed: { B: Buffer.from(compressed).toString('base64') } } : {};
  const { data: expanded } = expandItem({
    data: { M: { ...binary, metadata: { M: { encoding: { S: 'gzip' } } } } },
  });
  const unpacked = plainFields(mapOf(expanded) ?? {});
  return { ...unpacked, ...rest, metadata: { ...fieldsOf(unpacked['metadata']), ...metadata } };
}

function plainFields(fields: { readonly [name: string]: StoredAttribute }): JournalFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

/** As the document client returns it. */
function plainValue(attribute: StoredAttribute): JournalValue {
  if ('S' in attribute) return attribute.S;
  if ('N' in attribute) return exactNumber(attribute.N);
  if ('B' in attribute) return bytesOf(attribute.B);
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('NULL' in attribute) return null;
  if ('M' in attribute) return plainFields(attribute.M);
  if ('L' in attribute) return attribute.L.map(plainValue);
  if ('SS' in attribute) return new Set(attribute.SS);
  if ('NS' in attribute) return new Set(attribute.NS.map(exactNumber));
  return new Set(attribute.BS.map(bytesOf));
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

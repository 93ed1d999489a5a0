import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expandItem, type StoredAttribute } from '@migrator/core';

import { exactNumber } from './exact-number.ts';
import { fieldsOf, type JournalFields } from './journal-value.ts';

/**
 * The fields of an entry that was compressed because it was over DynamoDB's limit, in their places; any other as it is.
 * Throws a MigrationError `INVALID_ITEM` if the compressed part can't be read.
 */
export function unpackData(data: JournalFields): JournalFields {
  const { encoding, ...metadata } = fieldsOf(data['metadata']);
  if (encoding !== 'gzip') return data;
  const { compressed, ...beside } = data;
  const binary =
    compressed instanceof Uint8Array ? { compressed: { B: Buffer.from(compressed).toString('base64') } } : {};
  const { data: expanded } = expandItem({
    data: { M: { ...binary, metadata: { M: { encoding: { S: 'gzip' } } } } },
  });
  if (expanded === undefined || !('M' in expanded)) return data;
  const unpacked: JournalFields = unmarshall(fieldsWithBytes(expanded.M), { wrapNumbers: exactNumber });
  return { ...unpacked, ...beside, metadata: { ...fieldsOf(unpacked['metadata']), ...metadata } };
}

function fieldsWithBytes(fields: {
  readonly [name: string]: StoredAttribute;
}): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, withBytes(value)]));
}

/** DynamoDB's JSON has base64 where the SDK has bytes. */
function withBytes(attribute: StoredAttribute): AttributeValue {
  if ('M' in attribute) return { M: fieldsWithBytes(attribute.M) };
  if ('L' in attribute) return { L: attribute.L.map(withBytes) };
  if ('B' in attribute) return { B: bytesOf(attribute.B) };
  if ('BS' in attribute) return { BS: attribute.BS.map(bytesOf) };
  return attribute as AttributeValue;
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

import { delimitedSize, readerOf, wireType, writeDelimitedHead } from './wire.ts';

/** Encoded values by field name, in the order in which they were sent. */
export type FieldMap = Map<string, Uint8Array>;

const emptyValue = new Uint8Array(0);
const keyField = 1;
const valueField = 2;

/** One entry of a protobuf map from string to message. */
export function readMapEntry(entry: Uint8Array): { key: string; value: Uint8Array } {
  const reader = readerOf(entry);
  let key = '';
  let value: Uint8Array = emptyValue;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((keyField << 3) | wireType.bytes)) key = reader.string();
    else if (tag === ((valueField << 3) | wireType.bytes)) value = reader.bytes();
    else reader.skipType(tag & 7);
  }
  return { key, value };
}

/** The entries of the map in field `field` of a message: 2 in a Document, 1 in a MapValue. Views, not copies. */
export function readFieldMap(message: Uint8Array, field: number): FieldMap {
  const fields: FieldMap = new Map();
  const reader = readerOf(message);
  const mapTag = (field << 3) | wireType.bytes;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === mapTag) {
      const { key, value } = readMapEntry(reader.bytes());
      fields.set(key, value);
    } else {
      reader.skipType(tag & 7);
    }
  }
  return fields;
}

function entryLength(keyLength: number, value: Uint8Array): number {
  return delimitedSize(keyLength) + delimitedSize(value.length);
}

/** How many bytes `writeFieldMap` will write. */
export function fieldMapSize(fields: FieldMap): number {
  let size = 0;
  for (const [key, value] of fields) size += delimitedSize(entryLength(Buffer.byteLength(key), value));
  return size;
}

/** Writes the entries as map field `field` (up to 15) at `at`; returns the offset behind them. */
export function writeFieldMap(target: Buffer, at: number, field: number, fields: FieldMap): number {
  let offset = at;
  for (const [key, value] of fields) {
    const keyLength = Buffer.byteLength(key);
    offset = writeDelimitedHead(target, offset, field, entryLength(keyLength, value));
    offset = writeDelimitedHead(target, offset, keyField, keyLength);
    offset += target.write(key, offset);
    offset = writeDelimitedHead(target, offset, valueField, value.length);
    target.set(value, offset);
    offset += value.length;
  }
  return offset;
}

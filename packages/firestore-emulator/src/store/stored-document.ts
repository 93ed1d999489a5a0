import { fieldMapSize, readFieldMap, readMapEntry, writeFieldMap, type FieldMap } from '../wire/field-map.ts';
import { encodeTimestamp } from '../wire/timestamp.ts';
import { delimitedSize, readerOf, wireType, writeDelimitedHead } from '../wire/wire.ts';

const nameNumber = 1;
const fieldsNumber = 2;
const createTimeNumber = 3;
const updateTimeNumber = 4;

/** A document as it is kept and sent: never changed once made. Times are in microseconds since 1970. */
export interface StoredDocument {
  /** The encoded google.firestore.v1.Document. */
  readonly encoded: Buffer;
  readonly createTime: number;
  readonly updateTime: number;
}

export function makeDocument(
  name: string,
  fields: FieldMap,
  createTime: number,
  updateTime: number,
): StoredDocument {
  const nameLength = Buffer.byteLength(name);
  const created = encodeTimestamp(createTime);
  const updated = encodeTimestamp(updateTime);
  // Not from Node's pool: a long-lived slice would keep its neighbours' memory from being freed.
  const encoded = Buffer.allocUnsafeSlow(
    delimitedSize(nameLength) +
      fieldMapSize(fields) +
      delimitedSize(created.length) +
      delimitedSize(updated.length),
  );
  let at = writeDelimitedHead(encoded, 0, nameNumber, nameLength);
  at += encoded.write(name, at);
  at = writeFieldMap(encoded, at, fieldsNumber, fields);
  at = writeDelimitedHead(encoded, at, createTimeNumber, created.length);
  at += created.copy(encoded, at);
  at = writeDelimitedHead(encoded, at, updateTimeNumber, updated.length);
  updated.copy(encoded, at);
  return { encoded, createTime, updateTime };
}

/** The name of an encoded Document; empty when it has none. */
export function documentName(encoded: Uint8Array): string {
  const reader = readerOf(encoded);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((nameNumber << 3) | wireType.bytes)) return reader.string();
    reader.skipType(tag & 7);
  }
  return '';
}

/** The encoded fields of an encoded Document. Views, not copies. */
export function documentFields(encoded: Uint8Array): FieldMap {
  return readFieldMap(encoded, fieldsNumber);
}

/** One encoded field of an encoded Document, without reading the others. */
export function documentField(encoded: Uint8Array, name: string): Uint8Array | undefined {
  const reader = readerOf(encoded);
  const fieldsTag = (fieldsNumber << 3) | wireType.bytes;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === fieldsTag) {
      const entry = readMapEntry(reader.bytes());
      if (entry.key === name) return entry.value;
    } else {
      reader.skipType(tag & 7);
    }
  }
  return undefined;
}

/** The document with other fields, as a read with a mask or a projection answers. */
export function withFields(document: StoredDocument, fields: FieldMap): StoredDocument {
  return makeDocument(documentName(document.encoded), fields, document.createTime, document.updateTime);
}

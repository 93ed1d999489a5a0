import { Writer } from 'protobufjs/minimal.js';

/** A value as fixtures write it: numbers that are whole become integers, as firebase-admin does it; bigint always does. */
export type FieldValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };

export interface EncodableDocument {
  /** Full resource name. */
  readonly name: string;
  readonly fields: { readonly [name: string]: FieldValue };
  /** Absent in a document that is about to be written. */
  readonly updateTime?: Date;
}

/** A `google.firestore.v1.Document` in bytes. */
export function encodeDocument(document: EncodableDocument): Uint8Array {
  return writeDocument(Writer.create(), document).finish();
}

export function writeDocument(writer: Writer, { name, fields, updateTime }: EncodableDocument): Writer {
  writer.uint32(10).string(name);
  writeFields(writer, 18, fields);
  if (updateTime !== undefined) {
    writeTimestamp(writer.uint32(26).fork(), updateTime).ldelim();
    writeTimestamp(writer.uint32(34).fork(), updateTime).ldelim();
  }
  return writer;
}

function writeFields(writer: Writer, tag: number, fields: { readonly [name: string]: FieldValue }): void {
  for (const [name, value] of Object.entries(fields)) {
    writer.uint32(tag).fork().uint32(10).string(name).uint32(18).fork();
    writeValue(writer, value).ldelim().ldelim();
  }
}

function writeValue(writer: Writer, value: FieldValue): Writer {
  if (value === null) return writer.uint32(88).int32(0);
  switch (typeof value) {
    case 'boolean':
      return writer.uint32(8).bool(value);
    case 'string':
      return writer.uint32(138).string(value);
    case 'bigint':
      return writer.uint32(16).int64(value.toString());
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? writer.uint32(16).int64(value)
        : writer.uint32(25).double(value);
    case 'object':
      return writeObject(writer, value);
    default:
      throw new TypeError(`Firestore has no value for a ${typeof value}.`);
  }
}

function writeObject(writer: Writer, value: Exclude<FieldValue & object, null>): Writer {
  if (value instanceof Date) return writeTimestamp(writer.uint32(82).fork(), value).ldelim();
  if (value instanceof Uint8Array) return writer.uint32(146).bytes(value);
  if (isList(value)) {
    writer.uint32(74).fork();
    for (const element of value) writeValue(writer.uint32(10).fork(), element).ldelim();
    return writer.ldelim();
  }
  writer.uint32(50).fork();
  writeFields(writer, 10, value);
  return writer.ldelim();
}

function writeTimestamp(writer: Writer, time: Date): Writer {
  const ms = time.getTime();
  const seconds = Math.floor(ms / 1000);
  const nanos = (ms - seconds * 1000) * 1_000_000;
  if (seconds !== 0) writer.uint32(8).int64(seconds);
  if (nanos !== 0) writer.uint32(16).int32(nanos);
  return writer;
}

function isList(value: object): value is readonly FieldValue[] {
  return Array.isArray(value);
}

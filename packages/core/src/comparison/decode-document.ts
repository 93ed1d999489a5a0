import protobuf from 'protobufjs/minimal.js';
import * as tags from '../values/value-tags.ts';
import { messageOf } from '../migration-error.ts';

export type SourceValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'timestamp'; readonly seconds: bigint; readonly nanos: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'reference'; readonly name: string }
  | { readonly kind: 'geoPoint'; readonly latitude: number; readonly longitude: number }
  | { readonly kind: 'array'; readonly values: readonly SourceValue[] }
  | { readonly kind: 'map'; readonly fields: SourceFields }
  /** A value for which the contract has no attribute; `what` describes it. */
  | { readonly kind: 'unsupported'; readonly what: string };

export type SourceFields = ReadonlyMap<string, SourceValue>;

export interface SourceDocument {
  /** The document's resource name; '' if it has none. */
  readonly name: string;
  readonly fields: SourceFields;
}

/**
 * Decodes an encoded `google.firestore.v1.Document`. A value that can't be decoded is `unsupported`. Throws an Error
 * for bytes that are no document.
 */
export function decodeDocument(bytes: Uint8Array): SourceDocument {
  const reader = new protobuf.Reader(bytes);
  let name: string | undefined;
  const fields = new Map<string, SourceValue>();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === tags.DOCUMENT_NAME) name ??= reader.string();
    else if (tag === tags.DOCUMENT_FIELD) addField(fields, nested(reader));
    else skip(reader, tag);
  }
  return { name: name ?? '', fields };
}

/** A reader of the next message, which ends where the message ends. */
function nested(reader: protobuf.Reader): protobuf.Reader {
  return new protobuf.Reader(reader.bytes());
}

function skip(reader: protobuf.Reader, tag: number): void {
  reader.skipType(tag & 7, 0, tag >>> 3);
}

function addField(fields: Map<string, SourceValue>, reader: protobuf.Reader): void {
  let name = '';
  let value: SourceValue = noKind;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === tags.ENTRY_KEY) name = decodeText(reader);
    else if (tag === tags.ENTRY_VALUE) value = decodeValue(nested(reader));
    else skip(reader, tag);
  }
  fields.set(name, value);
}

const noKind: SourceValue = { kind: 'unsupported', what: 'a value of no kind at all' };

/** If a value has several kinds, the last one wins. A value that can't be decoded does not affect others. */
function decodeValue(reader: protobuf.Reader): SourceValue {
  try {
    let value = noKind;
    while (reader.pos < reader.len) value = decodeKind(reader, reader.tag());
    return value;
  } catch (error) {
    return { kind: 'unsupported', what: unreadable(error) };
  }
}

/** The text of `expected` for an entry whose decoding threw this error. */
export function unreadable(error: unknown): string {
  return `an entry that can be read (${messageOf(error)})`;
}

function decodeKind(reader: protobuf.Reader, tag: number): SourceValue {
  switch (tag) {
    case tags.NULL_VALUE:
      skip(reader, tag);
      return { kind: 'null' };
    case tags.BOOLEAN_VALUE:
      return { kind: 'boolean', value: reader.bool() };
    case tags.INTEGER_VALUE:
      return { kind: 'integer', value: decodeInteger(reader) };
    case tags.DOUBLE_VALUE:
      return { kind: 'double', value: reader.double() };
    case tags.TIMESTAMP_VALUE:
      return decodeTimestamp(nested(reader));
    case tags.STRING_VALUE:
      return { kind: 'string', value: decodeText(reader) };
    case tags.BYTES_VALUE:
      return { kind: 'bytes', value: reader.bytes() };
    case tags.REFERENCE_VALUE:
      return { kind: 'reference', name: decodeText(reader) };
    case tags.GEO_POINT_VALUE:
      return decodeGeoPoint(nested(reader));
    case tags.ARRAY_VALUE:
      return decodeArray(nested(reader));
    case tags.MAP_VALUE:
      return decodeMap(nested(reader));
    default:
      skip(reader, tag);
      return {
        kind: 'unsupported',
        what: `a value of an unknown kind (field ${tag >>> 3} of Firestore's Value)`,
      };
  }
}

function decodeInteger(reader: protobuf.Reader): bigint {
  const { low, high } = reader.int64() as { low: number; high: number };
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(reader: protobuf.Reader): string {
  try {
    return utf8.decode(reader.bytes());
  } catch (cause) {
    if (cause instanceof TypeError) throw new Error('a string or a name in it is not UTF-8', { cause });
    throw cause;
  }
}

function decodeTimestamp(reader: protobuf.Reader): SourceValue {
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === tags.SECONDS) seconds = decodeInteger(reader);
    else if (tag === tags.NANOS) nanos = reader.int32();
    else return { kind: 'unsupported', what: 'a timestamp of an unknown form' };
  }
  return { kind: 'timestamp', seconds, nanos };
}

function decodeGeoPoint(reader: protobuf.Reader): SourceValue {
  let latitude = 0;
  let longitude = 0;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === tags.LATITUDE) latitude = reader.double();
    else if (tag === tags.LONGITUDE) longitude = reader.double();
    else return { kind: 'unsupported', what: 'a geo point of an unknown form' };
  }
  return { kind: 'geoPoint', latitude, longitude };
}

function decodeArray(reader: protobuf.Reader): SourceValue {
  const values: SourceValue[] = [];
  while (reader.pos < reader.len) {
    if (reader.tag() !== tags.ELEMENT) return { kind: 'unsupported', what: 'an array of an unknown form' };
    values.push(decodeValue(nested(reader)));
  }
  return { kind: 'array', values };
}

function decodeMap(reader: protobuf.Reader): SourceValue {
  const fields = new Map<string, SourceValue>();
  while (reader.pos < reader.len) {
    if (reader.tag() !== tags.ELEMENT) return { kind: 'unsupported', what: 'a map of an unknown form' };
    addField(fields, nested(reader));
  }
  return { kind: 'map', fields };
}

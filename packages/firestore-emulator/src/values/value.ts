import { readFieldMap } from '../wire/field-map.ts';
import { readInt64, readerOf, wireType } from '../wire/wire.ts';

/** The numbers of a Value's kinds on the wire. */
export const valueKind = {
  boolean: 1,
  integer: 2,
  double: 3,
  reference: 5,
  map: 6,
  geoPoint: 8,
  array: 9,
  timestamp: 10,
  null: 11,
  string: 17,
  bytes: 18,
} as const;

/** The number of the entries inside an ArrayValue and a MapValue. */
export const contentField = 1;

/** A decoded value. `timestamp` is in nanoseconds since 1970; `unknown` is a kind that the protos lack. */
export type FirestoreValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'timestamp'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'reference'; readonly value: string }
  | { readonly kind: 'geoPoint'; readonly latitude: number; readonly longitude: number }
  | { readonly kind: 'array'; readonly values: readonly FirestoreValue[] }
  | { readonly kind: 'vector'; readonly values: readonly FirestoreValue[] }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, FirestoreValue> }
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };

const nanosPerSecond = 1_000_000_000n;

function decodeTimestamp(bytes: Uint8Array): bigint {
  const reader = readerOf(bytes);
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((1 << 3) | wireType.varint)) seconds = readInt64(reader);
    else if (tag === ((2 << 3) | wireType.varint)) nanos = reader.int32();
    else reader.skipType(tag & 7);
  }
  return seconds * nanosPerSecond + BigInt(nanos);
}

function decodeGeoPoint(bytes: Uint8Array): FirestoreValue {
  const reader = readerOf(bytes);
  let latitude = 0;
  let longitude = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((1 << 3) | wireType.fixed64)) latitude = reader.double();
    else if (tag === ((2 << 3) | wireType.fixed64)) longitude = reader.double();
    else reader.skipType(tag & 7);
  }
  return { kind: 'geoPoint', latitude, longitude };
}

/** The encoded values of an encoded ArrayValue. Views, not copies. */
export function readArrayElements(array: Uint8Array): Uint8Array[] {
  const elements: Uint8Array[] = [];
  const reader = readerOf(array);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((contentField << 3) | wireType.bytes)) elements.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return elements;
}

function decodeMap(bytes: Uint8Array): FirestoreValue {
  const fields = new Map<string, FirestoreValue>();
  for (const [name, value] of readFieldMap(bytes, contentField)) fields.set(name, decodeValue(value));
  const type = fields.get('__type__');
  const vector = fields.get('value');
  if (type?.kind === 'string' && type.value === '__vector__' && vector?.kind === 'array') {
    return { kind: 'vector', values: vector.values };
  }
  return { kind: 'map', fields };
}

/** Decodes an encoded Value. @throws RangeError when it is cut short */
export function decodeValue(bytes: Uint8Array): FirestoreValue {
  const reader = readerOf(bytes);
  let value: FirestoreValue = { kind: 'null' };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case valueKind.null:
        reader.skipType(tag & 7);
        value = { kind: 'null' };
        break;
      case valueKind.boolean:
        value = { kind: 'boolean', value: reader.bool() };
        break;
      case valueKind.integer:
        value = { kind: 'integer', value: readInt64(reader) };
        break;
      case valueKind.double:
        value = { kind: 'double', value: reader.double() };
        break;
      case valueKind.timestamp:
        value = { kind: 'timestamp', value: decodeTimestamp(reader.bytes()) };
        break;
      case valueKind.string:
        value = { kind: 'string', value: reader.string() };
        break;
      case valueKind.bytes:
        value = { kind: 'bytes', value: reader.bytes() };
        break;
      case valueKind.reference:
        value = { kind: 'reference', value: reader.string() };
        break;
      case valueKind.geoPoint:
        value = decodeGeoPoint(reader.bytes());
        break;
      case valueKind.array:
        value = { kind: 'array', values: readArrayElements(reader.bytes()).map((item) => decodeValue(item)) };
        break;
      case valueKind.map:
        value = decodeMap(reader.bytes());
        break;
      default:
        reader.skipType(tag & 7);
        value = { kind: 'unknown', bytes };
    }
  }
  return value;
}

/** The encoded content of a Value of kind map, array or timestamp, or undefined when it is of another kind. */
export function contentOf(bytes: Uint8Array, kind: number): Uint8Array | undefined {
  const reader = readerOf(bytes);
  let content: Uint8Array | undefined;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((kind << 3) | wireType.bytes)) {
      content = reader.bytes();
    } else {
      reader.skipType(tag & 7);
      content = undefined;
    }
  }
  return content;
}

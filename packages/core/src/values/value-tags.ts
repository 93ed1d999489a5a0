/**
 * The wire tags (field number << 3 | wire type) of Firestore's published messages, google/firestore/v1/document.proto.
 * Facts of Google's format and no decision of ours, so that all who read documents find them here.
 */

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

/** `Document` */
export const DOCUMENT_NAME = (1 << 3) | BYTES;
export const DOCUMENT_FIELD = (2 << 3) | BYTES;
export const DOCUMENT_CREATE_TIME = (3 << 3) | BYTES;
export const DOCUMENT_UPDATE_TIME = (4 << 3) | BYTES;

/** `MapValue.fields` and `ArrayValue.values`: both repeat field 1. */
export const ELEMENT = (1 << 3) | BYTES;

/** An entry of a map field: key and value. */
export const ENTRY_KEY = (1 << 3) | BYTES;
export const ENTRY_VALUE = (2 << 3) | BYTES;

/** The kinds of `Value` that a document can hold. */
export const BOOLEAN_VALUE = (1 << 3) | VARINT;
export const INTEGER_VALUE = (2 << 3) | VARINT;
export const DOUBLE_VALUE = (3 << 3) | FIXED64;
export const REFERENCE_VALUE = (5 << 3) | BYTES;
export const MAP_VALUE = (6 << 3) | BYTES;
export const GEO_POINT_VALUE = (8 << 3) | BYTES;
export const ARRAY_VALUE = (9 << 3) | BYTES;
export const TIMESTAMP_VALUE = (10 << 3) | BYTES;
export const NULL_VALUE = (11 << 3) | VARINT;
export const STRING_VALUE = (17 << 3) | BYTES;
export const BYTES_VALUE = (18 << 3) | BYTES;

/** What messages call each of them. */
export const kindNames: ReadonlyMap<number, string> = new Map([
  [NULL_VALUE, 'null'],
  [BOOLEAN_VALUE, 'boolean'],
  [INTEGER_VALUE, 'integer'],
  [DOUBLE_VALUE, 'double'],
  [TIMESTAMP_VALUE, 'timestamp'],
  [STRING_VALUE, 'string'],
  [BYTES_VALUE, 'bytes'],
  [REFERENCE_VALUE, 'reference'],
  [GEO_POINT_VALUE, 'geo point'],
  [ARRAY_VALUE, 'array'],
  [MAP_VALUE, 'map'],
]);

/** `google.type.LatLng` */
export const LATITUDE = (1 << 3) | FIXED64;
export const LONGITUDE = (2 << 3) | FIXED64;

/** `google.protobuf.Timestamp` */
export const SECONDS = (1 << 3) | VARINT;
export const NANOS = (2 << 3) | VARINT;

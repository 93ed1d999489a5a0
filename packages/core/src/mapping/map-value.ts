import {
  ARRAY_VALUE,
  BOOLEAN_VALUE,
  BYTES_VALUE,
  DOUBLE_VALUE,
  ELEMENT,
  GEO_POINT_VALUE,
  INTEGER_VALUE,
  LATITUDE,
  LONGITUDE,
  MAP_VALUE,
  NANOS,
  NULL_VALUE,
  REFERENCE_VALUE,
  SECONDS,
  STRING_VALUE,
  TIMESTAMP_VALUE,
} from '../values/value-tags.ts';
import { containerSize, elementSize, flagSize } from '../item-size.ts';
import { findDatabase } from './find-database.ts';
import { copyBase64, copyText, constant, put, putText } from './json-text.ts';
import type { MappingPass } from './mapping-pass.ts';
import { fitsDynamoNumber, putDouble, putInteger } from './number-text.ts';
import { readInteger } from './read-integer.ts';
import { malformed, unsupported } from './refusal.ts';
import { lengthPrefixed, openEntry, readTag } from './open-entry.ts';
import { isTimestamp, putTimestamp, timestampLength } from './timestamp-text.ts';
import { findVector } from './find-vector.ts';

/**
 * One Firestore value from the wire to DynamoDB JSON, one function for each kind. Each reads its value, writes the
 * attribute and counts it into the size; `mapValue` decides which.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;

const nullAttribute = constant('{"NULL":true}');
const trueAttribute = constant('{"BOOL":true}');
const falseAttribute = constant('{"BOOL":false}');
const openText = constant('{"S":"');
const openNumber = constant('{"N":"');
const openBinary = constant('{"B":"');
const closeText = constant('"}');
const openMap = constant('{"M":{');
const closeMap = constant('}}');
const openList = constant('{"L":[');
const closeList = constant(']}');
const openLatitude = constant('{"M":{"latitude":');
const openLongitude = constant(',"longitude":');
const geoPointNames = 'latitude'.length + 'longitude'.length;

/** DynamoDB takes 32 levels; the value inside the innermost map or list is a level too. */
const maxDepth = 31;
/** DynamoDB's limit for the name of an attribute. */
const maxNameBytes = 65_535;

/** What `mapValue` found when a map turned out to be a vector; no tag of the wire. */
export const VECTOR = -1;

/** Maps the `Value` message that ends at `end`. Returns its kind: a wire tag, or VECTOR. */
export function mapValue(pass: MappingPass, end: number): number {
  const { reader, at, size, encodedAsText } = pass;
  const start = reader.pos;
  let kind = 0;
  while (reader.pos < end) {
    if (kind !== 0) {
      // A second kind in one value: the last one counts, as everywhere in protobuf.
      pass.at = at;
      pass.size = size;
      pass.encodedAsText = encodedAsText;
    }
    kind = readTag(reader);
    switch (kind) {
      case STRING_VALUE:
        mapString(pass, end);
        break;
      case DOUBLE_VALUE:
        mapDouble(pass);
        break;
      case INTEGER_VALUE:
        mapInteger(pass);
        break;
      case MAP_VALUE:
        if (mapMapOrVector(pass, end)) kind = VECTOR;
        break;
      case ARRAY_VALUE:
        mapArray(pass, end);
        break;
      case TIMESTAMP_VALUE:
        mapTimestamp(pass, end);
        break;
      case BOOLEAN_VALUE:
        mapBoolean(pass);
        break;
      case NULL_VALUE:
        mapNull(pass);
        break;
      case BYTES_VALUE:
        mapBytes(pass, end);
        break;
      case REFERENCE_VALUE:
        mapReference(pass, end);
        break;
      case GEO_POINT_VALUE:
        mapGeoPoint(pass, end);
        break;
      default:
        throw unsupported(
          start,
          `is of a kind this version does not know (field ${kind >>> 3} of Firestore's Value)`,
        );
    }
  }
  if (reader.pos !== end) throw malformed(start, 'a value is longer than its own length says');
  if (kind === 0) throw unsupported(start, 'is a value of no kind at all');
  return kind;
}

function mapNull(pass: MappingPass): void {
  pass.reader.skip();
  put(pass, nullAttribute);
  pass.size += flagSize;
}

function mapBoolean(pass: MappingPass): void {
  put(pass, pass.reader.bool() ? trueAttribute : falseAttribute);
  pass.size += flagSize;
}

function mapInteger(pass: MappingPass): void {
  put(pass, openNumber);
  putInteger(pass, readInteger(pass.reader));
  put(pass, closeText);
}

function mapDouble(pass: MappingPass): void {
  putDoubleAttribute(pass, readDouble(pass));
}

function readDouble({ reader, source }: MappingPass): number {
  const { pos, len } = reader;
  // Goes beyond the end: the reader's own error.
  if (pos + 8 > len) return reader.double();
  reader.pos = pos + 8;
  return source.getFloat64(pos, true);
}

function putDoubleAttribute(pass: MappingPass, value: number): void {
  if (fitsDynamoNumber(value)) {
    put(pass, openNumber);
    putDouble(pass, value);
    put(pass, closeText);
    return;
  }
  const text = String(value);
  put(pass, openText);
  putText(pass, text);
  put(pass, closeText);
  pass.size += text.length;
  pass.encodedAsText++;
}

function mapString(pass: MappingPass, end: number): void {
  const to = lengthPrefixed(pass, end);
  const from = pass.reader.pos;
  putTextAttribute(pass, from, to);
}

function putTextAttribute(pass: MappingPass, from: number, to: number): void {
  put(pass, openText);
  copyText(pass, from, to);
  put(pass, closeText);
  pass.size += to - from;
  pass.reader.pos = to;
}

function mapBytes(pass: MappingPass, end: number): void {
  const { reader } = pass;
  const to = lengthPrefixed(pass, end);
  put(pass, openBinary);
  copyBase64(pass, reader.buf, reader.pos, to);
  put(pass, closeText);
  pass.size += to - reader.pos;
  reader.pos = to;
}

/** A document of the same database as its path below the database, any other as its whole name. */
function mapReference(pass: MappingPass, end: number): void {
  const { reader } = pass;
  const to = lengthPrefixed(pass, end);
  if (!pass.databaseKnown) findDatabase(pass);
  const { databaseFrom, databaseTo } = pass;
  const length = databaseTo - databaseFrom;
  let from = reader.pos;
  if (length > 0 && to - from > length) {
    let same = 0;
    while (same < length && reader.buf[databaseFrom + same] === reader.buf[from + same]) same++;
    if (same === length) from += length;
  }
  putTextAttribute(pass, from, to);
}

function mapTimestamp(pass: MappingPass, end: number): void {
  const { reader } = pass;
  const to = lengthPrefixed(pass, end);
  const start = reader.pos;
  let seconds: number | bigint = 0;
  let nanos: number | bigint = 0;
  while (reader.pos < to) {
    const tag = readTag(reader);
    if (tag === SECONDS) seconds = readInteger(reader);
    else if (tag === NANOS) nanos = readInteger(reader);
    else throw unsupported(start, `holds a timestamp with an unknown field (${tag >>> 3})`);
  }
  if (reader.pos !== to) throw malformed(start, 'a timestamp is longer than its own length says');
  if (!isTimestamp(seconds, nanos)) throw malformed(start, 'a timestamp lies outside of the years 1 to 9999');
  put(pass, openText);
  putTimestamp(pass, Number(seconds), Number(nanos));
  put(pass, closeText);
  pass.size += timestampLength;
}

function mapGeoPoint(pass: MappingPass, end: number): void {
  const { reader } = pass;
  const to = lengthPrefixed(pass, end);
  const start = reader.pos;
  let latitude = 0;
  let longitude = 0;
  while (reader.pos < to) {
    const tag = reader.tag();
    if (tag === LATITUDE) latitude = reader.double();
    else if (tag === LONGITUDE) longitude = reader.double();
    else throw unsupported(start, `holds a geo point with an unknown field (${tag >>> 3})`);
  }
  if (reader.pos !== to) throw malformed(start, 'a geo point is longer than its own length says');
  put(pass, openLatitude);
  putDoubleAttribute(pass, latitude);
  put(pass, openLongitude);
  putDoubleAttribute(pass, longitude);
  put(pass, closeMap);
  pass.size += containerSize + 2 * elementSize + geoPointNames;
}

function mapArray(pass: MappingPass, end: number): void {
  const to = lengthPrefixed(pass, end);
  putList(pass, to);
}

/** The `ArrayValue` that ends at `to`. */
function putList(pass: MappingPass, to: number): void {
  const { reader } = pass;
  const start = reader.pos;
  deeper(pass);
  put(pass, openList);
  let count = 0;
  while (reader.pos < to) {
    if (readTag(reader) !== ELEMENT) throw unsupported(start, 'holds an array with an unknown field');
    if (count++ > 0) pass.bytes[pass.at++] = COMMA;
    mapValue(pass, lengthPrefixed(pass, to));
  }
  put(pass, closeList);
  pass.size += containerSize + count * elementSize;
  pass.depth--;
}

/** Firestore sends a vector as a map of a reserved form. Returns whether it was one. */
function mapMapOrVector(pass: MappingPass, end: number): boolean {
  const { reader } = pass;
  const to = lengthPrefixed(pass, end);
  const vector = findVector(pass, to);
  if (vector !== undefined) {
    reader.pos = vector.from;
    putList(pass, vector.to);
    reader.pos = to;
    return true;
  }
  const start = reader.pos;
  deeper(pass);
  put(pass, openMap);
  let count = 0;
  while (reader.pos < to) {
    if (readTag(reader) !== ELEMENT) throw unsupported(start, 'holds a map with an unknown field');
    if (count++ > 0) pass.bytes[pass.at++] = COMMA;
    const entryEnd = lengthPrefixed(pass, to);
    mapNamedValue(pass, openEntry(pass, entryEnd));
    reader.pos = entryEnd;
  }
  put(pass, closeMap);
  pass.size += containerSize;
  pass.depth--;
  return false;
}

/** Writes `"name":{…}` for the entry that `openEntry` opened. Returns the kind of the value. */
export function mapNamedValue(pass: MappingPass, valueEnd: number): number {
  const { bytes, keyFrom, keyTo } = pass;
  const length = keyTo - keyFrom;
  if (length === 0) throw unsupported(keyFrom, 'has an empty name, which DynamoDB does not take');
  if (length > maxNameBytes)
    throw unsupported(keyFrom, `has a name of ${length} bytes; DynamoDB takes 65,535`);
  bytes[pass.at++] = QUOTE;
  copyText(pass, keyFrom, keyTo);
  bytes[pass.at++] = QUOTE;
  bytes[pass.at++] = COLON;
  pass.size += length + elementSize;
  return mapValue(pass, valueEnd);
}

function deeper(pass: MappingPass): void {
  if (++pass.depth > maxDepth) {
    throw unsupported(pass.reader.pos, 'is nested deeper than the 32 levels that DynamoDB takes');
  }
}

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
import {
  findDatabase,
  isVarint,
  readInteger,
  lengthPrefixed,
  openElement,
  openEntry,
} from './read-document.ts';
import { copyBase64, copyText, constant, put, putText, word } from './json-text.ts';
import type { ItemEncoder } from './item-encoder.ts';
import { fitsDynamoNumber, putDouble, putInteger } from './number-text.ts';
import { malformed, unsupported } from './mapping-error.ts';
import { isTimestamp, putTimestamp, timestampLength } from './timestamp-text.ts';
import { findVector } from './find-vector.ts';

/**
 * Maps one Firestore value from the wire format to DynamoDB JSON. `mapKind` is the table: one function for each kind.
 * Each gets the range of the value's content, writes the attribute, and adds its size.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSE = 0x7d;

const nullAttribute = constant('{"NULL":true}');
const trueAttribute = constant('{"BOOL":true}');
const falseAttribute = constant('{"BOOL":false}');
const openText = word('{"S":"');
const openNumber = word('{"N":"');
const openBinary = word('{"B":"');
const openMap = word('{"M":{');
const openList = word('{"L":[');
/** The length of each of them. */
const opening = 6;
const closeText = CLOSE * 0x100 + QUOTE;
const closeMap = CLOSE * 0x100 + CLOSE;
const closeList = CLOSE * 0x100 + 0x5d;
const closeName = 0x3a * 0x100 + QUOTE;
const openLatitude = constant('{"M":{"latitude":');
const openLongitude = constant(',"longitude":');
const geoPointNames = 'latitude'.length + 'longitude'.length;

/** DynamoDB accepts 32 levels; the value inside the innermost map or list counts as one. */
const maxDepth = 31;
/** DynamoDB's limit for the name of an attribute. */
const maxNameBytes = 65_535;

/** The kind that `mapValue` returns for a map that is a vector. Not a tag of the wire format. */
export const VECTOR = -1;
/** Not a kind or a tag: the range is not a valid value of the kind in the usual encoding. */
const UNUSUAL = 0;
const LENGTH_DELIMITED = 2;

/** Maps the `Value` message in this range. Returns its kind: a wire tag, or VECTOR. */
export function mapValue(pass: ItemEncoder, from: number, to: number): number {
  const { input } = pass;
  let body = from + 1;
  // All tags of two bytes have 1 as the second byte, so the first byte identifies them.
  const kind = input[from]!;
  if (from < to && (kind < 0x80 || input[body++] === 1)) {
    let isWhole = true;
    if ((kind & 7) === LENGTH_DELIMITED) {
      const low = input[body++]!;
      const high = low < 0x80 ? 0 : input[body++]!;
      isWhole = high < 0x80 && body + (low & 0x7f) + (high << 7) === to;
    }
    const found = isWhole ? mapKind(pass, kind, body, to) : UNUSUAL;
    if (found !== UNUSUAL) return found;
  }
  return mapUnusualValue(pass, from, to);
}

/** Maps a value in an unusual encoding: several kinds in one, no kind, a length of more than two bytes. */
function mapUnusualValue(pass: ItemEncoder, from: number, to: number): number {
  const { reader, at, size, encodedAsText } = pass;
  let kind = UNUSUAL;
  let next = from;
  while (next < to) {
    if (kind !== UNUSUAL) {
      // A second kind in one value: the last one wins, as everywhere in protobuf.
      pass.at = at;
      pass.size = size;
      pass.encodedAsText = encodedAsText;
    }
    reader.pos = next;
    const tag = reader.tag();
    let body = reader.pos;
    if ((tag & 7) === LENGTH_DELIMITED) {
      next = lengthPrefixed(reader, to);
      body = reader.pos;
    } else {
      reader.skipType(tag & 7, 0, tag >>> 3);
      next = reader.pos;
    }
    if (next > to) throw malformed(from, 'a value is longer than its own length says');
    kind = mapKind(pass, tag, body, next);
    if (kind === UNUSUAL) {
      throw unsupported(
        from,
        `is of a kind this version does not know (field ${tag >>> 3} of Firestore's Value)`,
      );
    }
  }
  if (kind === UNUSUAL) throw unsupported(from, 'is a value of no kind at all');
  return kind;
}

/** Writes the value and returns its kind; or writes nothing and returns UNUSUAL. */
function mapKind(pass: ItemEncoder, kind: number, from: number, to: number): number {
  switch (kind) {
    case DOUBLE_VALUE:
      if (to - from !== 8) return UNUSUAL;
      putDoubleAttribute(pass, readDouble(pass, from), from);
      return kind;
    case STRING_VALUE:
      mapString(pass, from, to);
      return kind;
    case INTEGER_VALUE:
      if (!isVarint(pass.input, from, to)) return UNUSUAL;
      mapInteger(pass, from, to);
      return kind;
    case MAP_VALUE:
      return mapMapOrVector(pass, from, to);
    case ARRAY_VALUE:
      mapList(pass, from, to);
      return kind;
    case TIMESTAMP_VALUE:
      mapTimestamp(pass, from, to);
      return kind;
    case BOOLEAN_VALUE:
      if (!isVarint(pass.input, from, to)) return UNUSUAL;
      put(pass, readInteger(pass, from, to) === 0 ? falseAttribute : trueAttribute);
      pass.size += flagSize;
      return kind;
    case NULL_VALUE:
      if (!isVarint(pass.input, from, to)) return UNUSUAL;
      put(pass, nullAttribute);
      pass.size += flagSize;
      return kind;
    case BYTES_VALUE:
      mapBytes(pass, from, to);
      return kind;
    case REFERENCE_VALUE:
      mapReference(pass, from, to);
      return kind;
    case GEO_POINT_VALUE:
      mapGeoPoint(pass, from, to);
      return kind;
    default:
      return UNUSUAL;
  }
}

function open(pass: ItemEncoder, opened: number): void {
  pass.view.setFloat64(pass.at, opened, true);
  pass.at += opening;
}

function close(pass: ItemEncoder, closed: number): void {
  pass.view.setUint16(pass.at, closed, true);
  pass.at += 2;
}

function mapInteger(pass: ItemEncoder, from: number, to: number): void {
  open(pass, openNumber);
  putInteger(pass, readInteger(pass, from, to));
  close(pass, closeText);
}

function readDouble({ source, base }: ItemEncoder, at: number): number {
  return source.getFloat64(base + at, true);
}

function putDoubleAttribute(pass: ItemEncoder, value: number, from: number): void {
  if (fitsDynamoNumber(value)) {
    open(pass, openNumber);
    putDouble(pass, value);
    close(pass, closeText);
    return;
  }
  const text = String(value);
  open(pass, openText);
  putText(pass, text);
  close(pass, closeText);
  pass.size += text.length;
  if (pass.encodedAsText++ === 0) pass.textAt = from;
}

function mapString(pass: ItemEncoder, from: number, to: number): void {
  open(pass, openText);
  copyText(pass, from, to);
  close(pass, closeText);
  pass.size += to - from;
}

function mapBytes(pass: ItemEncoder, from: number, to: number): void {
  open(pass, openBinary);
  copyBase64(pass, pass.input, from, to);
  close(pass, closeText);
  pass.size += to - from;
}

/** Maps a reference: in the same database to the path below it, else to the full resource name. */
function mapReference(pass: ItemEncoder, from: number, to: number): void {
  if (!pass.databaseKnown) findDatabase(pass);
  const { input, databaseFrom, databaseTo } = pass;
  const length = databaseTo - databaseFrom;
  let same = 0;
  if (length > 0 && to - from > length) {
    while (same < length && input[databaseFrom + same] === input[from + same]) same++;
  }
  mapString(pass, same === length ? from + length : from, to);
}

function mapTimestamp(pass: ItemEncoder, from: number, to: number): void {
  const { input } = pass;
  let seconds: number | bigint = 0;
  let nanos: number | bigint = 0;
  let at = from;
  while (at < to) {
    const tag = input[at]!;
    if (tag !== SECONDS && tag !== NANOS) {
      throw unsupported(from, `holds a timestamp with an unknown field (${tag >>> 3})`);
    }
    let end = at + 1;
    while (end < to && input[end]! >= 0x80) end++;
    end++;
    if (end > to || !isVarint(input, at + 1, end)) {
      throw malformed(from, 'a timestamp is longer than its own length says');
    }
    const value = readInteger(pass, at + 1, end);
    if (tag === SECONDS) seconds = value;
    else nanos = value;
    at = end;
  }
  if (!isTimestamp(seconds, nanos)) throw malformed(from, 'a timestamp lies outside of the years 1 to 9999');
  open(pass, openText);
  putTimestamp(pass, Number(seconds), Number(nanos));
  close(pass, closeText);
  pass.size += timestampLength;
}

function mapGeoPoint(pass: ItemEncoder, from: number, to: number): void {
  const { input } = pass;
  let latitude = 0;
  let longitude = 0;
  for (let at = from; at < to; at += 9) {
    const tag = input[at]!;
    if (tag !== LATITUDE && tag !== LONGITUDE) {
      throw unsupported(from, `holds a geo point with an unknown field (${tag >>> 3})`);
    }
    if (at + 9 > to) throw malformed(from, 'a geo point is longer than its own length says');
    if (tag === LATITUDE) latitude = readDouble(pass, at + 1);
    else longitude = readDouble(pass, at + 1);
  }
  put(pass, openLatitude);
  putDoubleAttribute(pass, latitude, from);
  put(pass, openLongitude);
  putDoubleAttribute(pass, longitude, from);
  close(pass, closeMap);
  pass.size += containerSize + 2 * elementSize + geoPointNames;
}

/** Maps the `ArrayValue` in this range. */
function mapList(pass: ItemEncoder, from: number, to: number): void {
  deeper(pass, from);
  open(pass, openList);
  let count = 0;
  let at = from;
  while (at < to) {
    const end = openElement(pass, at, to, ELEMENT);
    if (end === 0) throw unsupported(from, 'holds an array with an unknown field');
    if (count++ > 0) pass.bytes[pass.at++] = COMMA;
    mapValue(pass, pass.from, end);
    at = end;
  }
  close(pass, closeList);
  pass.size += containerSize + count * elementSize;
  pass.depth--;
}

/** Maps a map, or a vector, which Firestore encodes as a map of a reserved form. Returns MAP_VALUE or VECTOR. */
function mapMapOrVector(pass: ItemEncoder, from: number, to: number): number {
  const vector = findVector(pass, from, to);
  if (vector !== undefined) {
    mapList(pass, vector.from, vector.to);
    return VECTOR;
  }
  deeper(pass, from);
  open(pass, openMap);
  let count = 0;
  let at = from;
  while (at < to) {
    const end = openElement(pass, at, to, ELEMENT);
    if (end === 0) throw unsupported(from, 'holds a map with an unknown field');
    if (count++ > 0) pass.bytes[pass.at++] = COMMA;
    mapNamedValue(pass, openEntry(pass, pass.from, end));
    at = end;
  }
  close(pass, closeMap);
  pass.size += containerSize;
  pass.depth--;
  return MAP_VALUE;
}

/** Writes `"name":{…}` for the entry that `openEntry` opened. Returns the kind of the value. */
export function mapNamedValue(pass: ItemEncoder, valueTo: number): number {
  const { keyFrom, keyTo, valueFrom } = pass;
  const length = keyTo - keyFrom;
  if (length === 0) throw unsupported(keyFrom, 'has an empty name, which DynamoDB does not take');
  if (length > maxNameBytes)
    throw unsupported(keyFrom, `has a name of ${length} bytes; DynamoDB takes 65,535`);
  pass.bytes[pass.at++] = QUOTE;
  copyText(pass, keyFrom, keyTo);
  close(pass, closeName);
  pass.size += length + elementSize;
  return mapValue(pass, valueFrom, valueTo);
}

function deeper(pass: ItemEncoder, from: number): void {
  if (++pass.depth > maxDepth) {
    throw unsupported(from, 'is nested deeper than the 32 levels that DynamoDB takes');
  }
}

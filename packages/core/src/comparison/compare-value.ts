import type { Reader } from 'protobufjs';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import {
  binaryOf,
  booleanOf,
  isNull,
  listOf,
  mapOf,
  numberOf,
  storedField,
  textOf,
} from '../values/stored-attribute.ts';
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
import type { ComparisonWalk } from './comparison-walk.ts';
import { sameNumber } from './same-number.ts';
import { namesUpTo, noteExtra, openEntry } from './source-fields.ts';
import { decode, sameText } from './source-text.ts';
import { isTimestampText, timestampText } from './timestamp-text.ts';
import { vectorValues } from './vector-values.ts';

/**
 * A Firestore value and a stored attribute, side by side. Nothing here is the mapping's: what the contract says of each
 * kind stands here a second time, so that a mistake in one of the two shows.
 */

type Stored = StoredAttribute | undefined;

/** The walk's place is a `Value` that ends at `end`; leaves it there. */
export function compareValue(walk: ComparisonWalk, end: number, stored: Stored): void {
  const { reader } = walk;
  let kind = 0;
  let contentAt = reader.pos;
  while (reader.pos < end) {
    // Were there several kinds, the last one would count.
    kind = reader.tag();
    contentAt = reader.pos;
    reader.skipType(kind & 7, 0, kind >>> 3);
  }
  if (reader.pos !== end) throw new RangeError('a value is longer than its own length says');
  reader.pos = contentAt;
  compareKind(walk, kind, stored);
  reader.pos = end;
}

function compareKind(walk: ComparisonWalk, kind: number, stored: Stored): void {
  switch (kind) {
    case NULL_VALUE:
      return compareNull(walk, stored);
    case BOOLEAN_VALUE:
      return compareBoolean(walk, stored);
    case INTEGER_VALUE:
      return compareInteger(walk, stored);
    case DOUBLE_VALUE:
      return compareDouble(walk, walk.reader.double(), stored);
    case TIMESTAMP_VALUE:
      return compareTimestamp(walk, stored);
    case STRING_VALUE:
      return compareString(walk, stored);
    case BYTES_VALUE:
      return compareBytes(walk, stored);
    case REFERENCE_VALUE:
      return compareReference(walk, stored);
    case GEO_POINT_VALUE:
      return compareGeoPoint(walk, stored);
    case ARRAY_VALUE:
      return compareArray(walk, stored);
    case MAP_VALUE:
      return compareMap(walk, stored);
    case 0:
      return walk.differs('a value of no kind at all', stored);
    default:
      return walk.differs(`a value of an unknown kind (field ${kind >>> 3} of Firestore's Value)`, stored);
  }
}

function compareNull(walk: ComparisonWalk, stored: Stored): void {
  if (!isNull(stored)) walk.differs({ NULL: true }, stored);
}

function compareBoolean(walk: ComparisonWalk, stored: Stored): void {
  const value = walk.reader.bool();
  if (booleanOf(stored) !== value) walk.differs({ BOOL: value }, stored);
}

function compareInteger(walk: ComparisonWalk, stored: Stored): void {
  const value = readIntegerText(walk.reader);
  const actual = numberOf(stored);
  if (actual === undefined || !sameNumber(value, actual)) walk.differs({ N: value }, stored);
}

/** Every digit of a 64 bit integer. */
function readIntegerText(reader: Reader): string {
  const { low, high } = reader.int64() as { low: number; high: number };
  if (high === low >> 31) return String(low);
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}

/** A double that DynamoDB has a number for is that number, any other its text. */
function compareDouble(walk: ComparisonWalk, value: number, stored: Stored): void {
  const text = String(value);
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-130 && magnitude < 1e126)) {
    const actual = numberOf(stored);
    if (actual === undefined || !sameNumber(text, actual)) walk.differs({ N: text }, stored);
  } else if (textOf(stored) !== text) {
    walk.differs({ S: text }, stored);
  }
}

function compareTimestamp(walk: ComparisonWalk, stored: Stored): void {
  const { reader } = walk;
  const end = reader.size() + reader.pos;
  let seconds = 0;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === SECONDS) seconds = Number(readIntegerText(reader));
    else if (tag === NANOS) nanos = reader.int32();
    else return walk.differs('a timestamp of an unknown form', stored);
  }
  if (reader.pos !== end) throw new RangeError('a timestamp is longer than its own length says');
  const actual = textOf(stored);
  if (actual !== undefined && isTimestampText(actual, seconds, nanos)) return;
  const text = timestampText(seconds, nanos);
  walk.differs(text === undefined ? 'a timestamp of the years 1 to 9999' : { S: text }, stored);
}

function compareString(walk: ComparisonWalk, stored: Stored): void {
  const { reader } = walk;
  const to = reader.size() + reader.pos;
  const actual = textOf(stored);
  if (actual !== undefined && sameText(reader.buf, reader.pos, to, actual)) return;
  walk.differs({ S: decode(reader.buf, reader.pos, to) }, stored);
}

function compareBytes(walk: ComparisonWalk, stored: Stored): void {
  const bytes = walk.reader.bytes();
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  if (binaryOf(stored) !== base64) walk.differs({ B: base64 }, stored);
}

function compareReference(walk: ComparisonWalk, stored: Stored): void {
  const name = walk.reader.string();
  const database = walk.database();
  const below = database !== '' && name.startsWith(database) && name.length > database.length;
  const text = below ? name.slice(database.length) : name;
  if (textOf(stored) !== text) walk.differs({ S: text }, stored);
}

function compareGeoPoint(walk: ComparisonWalk, stored: Stored): void {
  const { reader } = walk;
  const end = reader.size() + reader.pos;
  let latitude = 0;
  let longitude = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === LATITUDE) latitude = reader.double();
    else if (tag === LONGITUDE) longitude = reader.double();
    else return walk.differs('a geo point of an unknown form', stored);
  }
  if (reader.pos !== end) throw new RangeError('a geo point is longer than its own length says');
  const fields = mapOf(stored);
  if (fields === undefined || Object.keys(fields).length !== 2) {
    return walk.differs('{"M":{"latitude":…,"longitude":…}}', stored);
  }
  compareComponent(walk, 'latitude', latitude, fields);
  compareComponent(walk, 'longitude', longitude, fields);
}

function compareComponent(walk: ComparisonWalk, name: string, value: number, fields: StoredItem): void {
  walk.enter(name);
  compareDouble(walk, value, fields[name]);
  walk.leave();
}

function compareArray(walk: ComparisonWalk, stored: Stored): void {
  const { reader } = walk;
  compareElements(walk, reader.size() + reader.pos, stored);
}

function compareElements(walk: ComparisonWalk, end: number, stored: Stored): void {
  const { reader } = walk;
  const elements = listOf(stored);
  if (elements === undefined) return walk.differs('{"L":[…]}', stored);
  let index = 0;
  while (reader.pos < end) {
    if (reader.tag() !== ELEMENT) return walk.differs('an array of an unknown form', stored);
    const to = reader.size() + reader.pos;
    walk.enter(index);
    compareValue(walk, to, elements[index]);
    walk.leave();
    index++;
  }
  for (; index < elements.length; index++) {
    walk.enter(index);
    walk.differs(undefined, elements[index]);
    walk.leave();
  }
}

function compareMap(walk: ComparisonWalk, stored: Stored): void {
  const { reader } = walk;
  const end = reader.size() + reader.pos;
  const start = reader.pos;
  const vector = vectorValues(walk, end);
  if (vector !== undefined) {
    reader.pos = vector.from;
    return compareElements(walk, vector.to, stored);
  }
  reader.pos = start;
  const fields = mapOf(stored);
  if (fields === undefined) return walk.differs('{"M":{…}}', stored);
  let count = 0;
  while (reader.pos < end) {
    if (reader.tag() !== ELEMENT) return walk.differs('a map of an unknown form', stored);
    const entryEnd = reader.size() + reader.pos;
    const name = openEntry(walk, entryEnd);
    walk.enter(name);
    compareValue(walk, walk.valueEnd, storedField(fields, name));
    walk.leave();
    reader.pos = entryEnd;
    count++;
  }
  if (count !== Object.keys(fields).length) {
    reader.pos = start;
    noteExtra(walk, fields, namesUpTo(walk, end, ELEMENT));
  }
}

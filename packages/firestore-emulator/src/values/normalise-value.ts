import type { Reader } from 'protobufjs';
import { checkFieldName } from '../names/field-path.ts';
import { checkIdLengths, parseDocumentName } from '../names/resource-name.ts';
import { invalidArgument, type RpcError } from '../protocol/rpc-error.ts';
import { readFieldMap } from '../wire/field-map.ts';
import { readInt64, readerOf, wireType } from '../wire/wire.ts';
import { encodeArray, encodeMap, encodeTimestampValue } from './encode-value.ts';
import { checkVector, typeName } from './check-vector.ts';
import { contentField, contentOf, decodeValue, readArrayElements, valueKind } from './value.ts';

const maximumDepth = 20;
const maximumPathBytes = 1500;
const nanosPerMicro = 1000;
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;

function checkTimestamp(reader: Reader, end: number): boolean {
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === ((1 << 3) | wireType.varint)) seconds = readInt64(reader);
    else if (tag === ((2 << 3) | wireType.varint)) nanos = reader.int32();
    else reader.skipType(tag & 7);
  }
  if (seconds < firstSecond || seconds > lastSecond || nanos < 0 || nanos > 999_999_999) {
    throw invalidArgument('A timestamp value must lie within the years 1 to 9999.');
  }
  return nanos % nanosPerMicro !== 0;
}

const underscore = 0x5f;

/** Whether a name begins and ends with two underscores, with something between. */
function isReserved(name: Uint8Array): boolean {
  const { length } = name;
  return (
    length > 4 && [name[0], name[1], name[length - 2], name[length - 1]].every((byte) => byte === underscore)
  );
}

/** Checks the names of an encoded map up to `end`, and whether it has `__type__`, as a vector does. `path` as in checkValue. */
function checkNames(reader: Reader, end: number, path: number): boolean {
  let hasType = false;
  while (reader.pos < end) {
    const entryTag = reader.uint32();
    if (entryTag >>> 3 !== contentField) {
      reader.skipType(entryTag & 7);
      continue;
    }
    const entryEnd = reader.uint32() + reader.pos;
    let length = 0;
    while (reader.pos < entryEnd) {
      const tag = reader.uint32();
      if (tag >>> 3 !== 1) {
        reader.skipType(tag & 7);
        continue;
      }
      const name = reader.bytes();
      ({ length } = name);
      if (!isReserved(name)) continue;
      if (Buffer.from(name).toString() !== typeName) throw invalidArgument('A name in a map is reserved.');
      hasType = true;
    }
    if (length === 0) throw invalidArgument('A name in a map must not be empty.');
    if (path + 1 + length > maximumPathBytes) {
      throw invalidArgument(`The path to a value in a map is longer than ${maximumPathBytes} bytes.`);
    }
  }
  return hasType;
}

function checkEntry(reader: Reader, end: number, depth: number, path: number): boolean {
  let dirty = false;
  let length = 0;
  let hasValue = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) ({ length } = reader.bytes());
    else if (tag >>> 3 === 2) {
      dirty = checkValue(reader, reader.uint32() + reader.pos, depth, path + 1 + length, false);
      hasValue = true;
    } else reader.skipType(tag & 7);
  }
  if (!hasValue) throw noType();
  return dirty;
}

function checkMap(reader: Reader, end: number, depth: number, path: number, inArray: boolean): boolean {
  const start = reader.pos;
  if (checkNames(reader, end, path)) {
    if (inArray) throw invalidArgument('Cannot convert a vector value in an array value.');
    checkVector(reader.buf.subarray(start, end));
    return false;
  }
  if (depth > maximumDepth) throw tooDeep();
  reader.pos = start;
  let dirty = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === contentField) {
      dirty = checkEntry(reader, reader.uint32() + reader.pos, depth + 1, path) || dirty;
    } else reader.skipType(tag & 7);
  }
  return dirty;
}

function checkArray(reader: Reader, end: number, depth: number, path: number): boolean {
  let dirty = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === contentField) {
      dirty = checkValue(reader, reader.uint32() + reader.pos, depth + 1, path, true) || dirty;
    } else reader.skipType(tag & 7);
  }
  return dirty;
}

function checkGeoPoint(reader: Reader, end: number): void {
  const limits = [90, 180];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const limit =
      tag === ((1 << 3) | wireType.fixed64) || tag === ((2 << 3) | wireType.fixed64)
        ? limits[(tag >>> 3) - 1]!
        : undefined;
    if (limit === undefined) reader.skipType(tag & 7);
    else if (!(Math.abs(reader.double()) <= limit)) {
      throw invalidArgument('A geo point must lie within 90 degrees of latitude and 180 of longitude.');
    }
  }
}

function tooDeep(): RpcError {
  return invalidArgument(`A value is nested deeper than ${maximumDepth} levels.`);
}

function noType(): RpcError {
  return invalidArgument('A value has no type.');
}

/*
 * Walks an encoded Value up to `end`, almost without allocating anything, since almost every value passes as it is.
 * `depth` counts from 1, `path` is the length in bytes of the names down to it, with dots. Returns whether it holds a timestamp with a higher precision than Firestore's.
 */
function checkValue(reader: Reader, end: number, depth: number, path: number, inArray: boolean): boolean {
  // A scalar, a vector or an empty array may lie in the innermost map or array, a map may not.
  if (depth > maximumDepth + 1) throw tooDeep();
  if (reader.pos === end) throw noType();
  let dirty = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case valueKind.timestamp:
        dirty = checkTimestamp(reader, reader.uint32() + reader.pos) || dirty;
        break;
      case valueKind.array:
        if (inArray) throw invalidArgument('Cannot convert an array value in an array value.');
        dirty = checkArray(reader, reader.uint32() + reader.pos, depth, path) || dirty;
        break;
      case valueKind.map:
        dirty = checkMap(reader, reader.uint32() + reader.pos, depth, path, inArray) || dirty;
        break;
      case valueKind.geoPoint:
        checkGeoPoint(reader, reader.uint32() + reader.pos);
        break;
      case valueKind.reference:
        checkIdLengths(parseDocumentName(reader.string()).segments);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return dirty;
}

function cutTimestamps(bytes: Uint8Array): Uint8Array {
  const array = contentOf(bytes, valueKind.array);
  if (array !== undefined)
    return encodeArray(readArrayElements(array).map((element) => cutTimestamps(element)));
  const map = contentOf(bytes, valueKind.map);
  if (map !== undefined) {
    const fields = readFieldMap(map, contentField);
    for (const [name, value] of fields) fields.set(name, cutTimestamps(value));
    return encodeMap(fields);
  }
  const value = decodeValue(bytes);
  if (value.kind !== 'timestamp') return bytes;
  return encodeTimestampValue(value.value - (((value.value % 1000n) + 1000n) % 1000n));
}

/**
 * Checks a value that a client wants to store and cuts its timestamps to microseconds, as the service does.
 * Returns the given bytes if nothing was cut; unknown kinds of value are not changed.
 * @throws RpcError INVALID_ARGUMENT
 */
export function normaliseValue(bytes: Uint8Array, path = 0): Uint8Array {
  const reader = readerOf(bytes);
  return checkValue(reader, reader.len, 1, path, false) ? cutTimestamps(bytes) : bytes;
}

/** Checks the name and the value of a document's field; returns the value as it is to be stored. */
export function normaliseField(name: string, value: Uint8Array): Uint8Array {
  checkFieldName(name);
  return normaliseValue(value, Buffer.byteLength(name));
}

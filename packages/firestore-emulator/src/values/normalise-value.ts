import type { Reader } from 'protobufjs';
import { checkFieldName } from '../names/field-path.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import { readFieldMap } from '../wire/field-map.ts';
import { readInt64, readerOf, wireType } from '../wire/wire.ts';
import { encodeArray, encodeMap, encodeTimestampValue } from './encode-value.ts';
import { contentField, contentOf, decodeValue, readArrayElements, valueKind } from './value.ts';

const maximumDepth = 20;
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

function checkEntry(reader: Reader, end: number, depth: number): boolean {
  let dirty = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 2) dirty = checkValue(reader, reader.uint32() + reader.pos, depth, false);
    else reader.skipType(tag & 7);
  }
  return dirty;
}

/*
 * Walks an encoded Value up to `end` without allocating anything, since almost every value passes as it is.
 * True when it holds a timestamp finer than Firestore keeps.
 */
function checkValue(reader: Reader, end: number, depth: number, inArray: boolean): boolean {
  if (depth > maximumDepth) throw invalidArgument(`A value is nested deeper than ${maximumDepth} levels.`);
  let dirty = false;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const kind = tag >>> 3;
    if (kind === valueKind.timestamp) {
      dirty = checkTimestamp(reader, reader.uint32() + reader.pos) || dirty;
    } else if (kind === valueKind.array || kind === valueKind.map) {
      const isArray = kind === valueKind.array;
      if (isArray && inArray) throw invalidArgument('Cannot convert an array value in an array value.');
      const contentEnd = reader.uint32() + reader.pos;
      while (reader.pos < contentEnd) {
        const contentTag = reader.uint32();
        if (contentTag >>> 3 !== contentField) {
          reader.skipType(contentTag & 7);
          continue;
        }
        const itemEnd = reader.uint32() + reader.pos;
        dirty =
          (isArray ? checkValue(reader, itemEnd, depth + 1, true) : checkEntry(reader, itemEnd, depth + 1)) ||
          dirty;
      }
    } else {
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
 * Returns the bytes it was given when there was nothing to cut; kinds of value it doesn't know pass untouched.
 * @throws RpcError INVALID_ARGUMENT
 */
export function normaliseValue(bytes: Uint8Array): Uint8Array {
  const reader = readerOf(bytes);
  return checkValue(reader, reader.len, 1, false) ? cutTimestamps(bytes) : bytes;
}

/** Checks the name and the value of a document's field; returns the value as it is to be stored. */
export function normaliseField(name: string, value: Uint8Array): Uint8Array {
  checkFieldName(name);
  return normaliseValue(value);
}

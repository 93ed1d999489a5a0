import type { Reader } from 'protobufjs';
import {
  ARRAY_VALUE,
  DOUBLE_VALUE,
  ELEMENT,
  ENTRY_KEY,
  INTEGER_VALUE,
  STRING_VALUE,
} from '../values/value-tags.ts';
import { latin } from './json-text.ts';
import type { ItemEncoder } from './item-encoder.ts';
import { lengthPrefixed, openElement, openEntry } from './read-document.ts';

const typeName = latin('__type__');
const vectorName = latin('__vector__');
const valueName = latin('value');

/**
 * Whether the `MapValue` in this range is a vector: exactly `__type__: "__vector__"` and `value`, an array of numbers.
 * Returns the range of that array's `ArrayValue`.
 */
export function findVector(
  pass: ItemEncoder,
  from: number,
  to: number,
): { from: number; to: number } | undefined {
  return mayBeVector(pass.input, from, to) ? readVector(pass, from, to) : undefined;
}

/** False for nearly every map: its first name is neither of the two. */
function mayBeVector(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  let at = start + 1;
  while (at < end && bytes[at]! >= 0x80) at++;
  if (bytes[at + 1] !== ENTRY_KEY) return true;
  const first = bytes[at + 3];
  return first === typeName[0] || first === valueName[0];
}

function readVector(pass: ItemEncoder, from: number, to: number): { from: number; to: number } | undefined {
  let typed = false;
  let values: { from: number; to: number } | undefined;
  let at = from;
  for (let entries = 0; at < to; entries++) {
    const entryEnd = entries === 2 ? 0 : openElement(pass, at, to, ELEMENT);
    if (entryEnd === 0) return undefined;
    const valueEnd = openEntry(pass, pass.from, entryEnd);
    pass.reader.pos = pass.valueFrom;
    if (isKey(pass, typeName)) typed = isText(pass.reader, valueEnd, vectorName);
    else if (isKey(pass, valueName)) values = numbersIn(pass.reader, valueEnd);
    else return undefined;
    at = entryEnd;
  }
  return typed ? values : undefined;
}

function isKey(pass: ItemEncoder, name: Uint8Array): boolean {
  return sameBytes(pass.input, pass.keyFrom, pass.keyTo, name);
}

/** Whether the `Value` up to `end` is this string. */
function isText(reader: Reader, end: number, text: Uint8Array): boolean {
  if (reader.pos >= end || reader.tag() !== STRING_VALUE || lengthPrefixed(reader, end) !== end) return false;
  return sameBytes(reader.buf, reader.pos, end, text);
}

/** The range of the `ArrayValue` in the `Value` up to `end`, if it holds numbers only. */
function numbersIn(reader: Reader, end: number): { from: number; to: number } | undefined {
  if (reader.pos >= end || reader.tag() !== ARRAY_VALUE || lengthPrefixed(reader, end) !== end)
    return undefined;
  const from = reader.pos;
  while (reader.pos < end) {
    if (reader.tag() !== ELEMENT) return undefined;
    const elementEnd = lengthPrefixed(reader, end);
    const kind = reader.pos < elementEnd ? reader.tag() : 0;
    if (kind === DOUBLE_VALUE) reader.skip(8);
    else if (kind === INTEGER_VALUE) reader.skip();
    else return undefined;
    if (reader.pos !== elementEnd) return undefined;
  }
  return { from, to: end };
}

export function sameBytes(bytes: Uint8Array, from: number, to: number, expected: Uint8Array): boolean {
  if (to - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
  return true;
}

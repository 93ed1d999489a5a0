import {
  ARRAY_VALUE,
  DOUBLE_VALUE,
  ELEMENT,
  ENTRY_KEY,
  INTEGER_VALUE,
  STRING_VALUE,
} from '../values/value-tags.ts';
import { latin } from './json-text.ts';
import type { MappingPass } from './mapping-pass.ts';
import { lengthPrefixed, openEntry } from './open-entry.ts';

const typeName = latin('__type__');
const vectorName = latin('__vector__');
const valueName = latin('value');

/**
 * Whether the `MapValue` between the reader's place and `end` is a vector: exactly `__type__: "__vector__"` and
 * `value`, an array of numbers. Returns the range of that array's `ArrayValue`; the reader stays where it is.
 */
export function findVector(pass: MappingPass, end: number): { from: number; to: number } | undefined {
  const { reader } = pass;
  const start = reader.pos;
  if (!mayBeVector(reader.buf, start, end)) return undefined;
  const vector = readVector(pass, end);
  reader.pos = start;
  return vector;
}

/** Nearly every map ends here: its first name is neither of the two. */
function mayBeVector(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  let at = start + 1;
  while (at < end && bytes[at]! >= 0x80) at++;
  if (bytes[at + 1] !== ENTRY_KEY) return true;
  const first = bytes[at + 3];
  return first === typeName[0] || first === valueName[0];
}

function readVector(pass: MappingPass, end: number): { from: number; to: number } | undefined {
  const { reader } = pass;
  let typed = false;
  let values: { from: number; to: number } | undefined;
  for (let entries = 0; reader.pos < end; entries++) {
    if (entries === 2 || reader.tag() !== ELEMENT) return undefined;
    const entryEnd = lengthPrefixed(pass, end);
    const valueEnd = openEntry(pass, entryEnd);
    if (isKey(pass, typeName)) typed = isText(pass, valueEnd, vectorName);
    else if (isKey(pass, valueName)) values = numbersIn(pass, valueEnd);
    else return undefined;
    reader.pos = entryEnd;
  }
  return typed ? values : undefined;
}

function isKey(pass: MappingPass, name: Uint8Array): boolean {
  return sameBytes(pass.reader.buf, pass.keyFrom, pass.keyTo, name);
}

/** Whether the `Value` up to `end` is this string. */
function isText(pass: MappingPass, end: number, text: Uint8Array): boolean {
  const { reader } = pass;
  if (reader.pos >= end || reader.tag() !== STRING_VALUE || lengthPrefixed(pass, end) !== end) return false;
  return sameBytes(reader.buf, reader.pos, end, text);
}

/** The range of the `ArrayValue` in the `Value` up to `end`, if it holds numbers only. */
function numbersIn(pass: MappingPass, end: number): { from: number; to: number } | undefined {
  const { reader } = pass;
  if (reader.pos >= end || reader.tag() !== ARRAY_VALUE || lengthPrefixed(pass, end) !== end)
    return undefined;
  const from = reader.pos;
  while (reader.pos < end) {
    if (reader.tag() !== ELEMENT) return undefined;
    const elementEnd = lengthPrefixed(pass, end);
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

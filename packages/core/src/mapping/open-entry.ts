import type { Reader } from 'protobufjs';
import { ENTRY_KEY, ENTRY_VALUE } from '../values/value-tags.ts';
import type { MappingPass } from './mapping-pass.ts';
import { malformed } from './refusal.ts';

/**
 * Reads a map's entry that ends at `end` up to its value, leaves the key's range in the pass and returns the value's
 * end. An entry is key and value in this order, but any order is valid and either may be left out.
 *
 * A key that comes twice is not looked for: serializers write the entries of a map, each key once. Were it to happen,
 * the JSON would hold the name twice, where the last one counts as it does in protobuf, the size would be too large, and
 * the comparison would tell.
 */
export function openEntry(pass: MappingPass, end: number): number {
  const { reader } = pass;
  const start = reader.pos;
  if (openUsualEntry(pass, end)) return end;
  if (start < end && reader.tag() === ENTRY_KEY) {
    const keyTo = lengthPrefixed(pass, end);
    pass.keyFrom = reader.pos;
    pass.keyTo = keyTo;
    reader.pos = keyTo;
    if (keyTo < end && reader.tag() === ENTRY_VALUE && lengthPrefixed(pass, end) === end) return end;
  }
  reader.pos = start;
  return openUnusualEntry(pass, end);
}

/**
 * What nearly every entry is: key, then value, all lengths in one or two bytes; read here byte by byte, because five
 * calls of the wire reader for each value would be a sixth of the whole mapping. False, with nothing moved, for any
 * other.
 */
function openUsualEntry(pass: MappingPass, end: number): boolean {
  const { reader } = pass;
  const { buf, pos } = reader;
  const keyLength = buf[pos + 1]!;
  const keyTo = pos + 2 + keyLength;
  if (buf[pos] !== ENTRY_KEY || keyLength >= 0x80 || keyTo + 2 > end || buf[keyTo] !== ENTRY_VALUE)
    return false;
  const low = buf[keyTo + 1]!;
  const high = low < 0x80 ? 0 : buf[keyTo + 2]!;
  const from = low < 0x80 ? keyTo + 2 : keyTo + 3;
  if (high >= 0x80 || from + (low & 0x7f) + (high << 7) !== end) return false;
  pass.keyFrom = pos + 2;
  pass.keyTo = keyTo;
  reader.pos = from;
  return true;
}

function openUnusualEntry(pass: MappingPass, end: number): number {
  const { reader } = pass;
  pass.keyFrom = end;
  pass.keyTo = end;
  let valueFrom = end;
  let valueTo = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== ENTRY_KEY && tag !== ENTRY_VALUE) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const to = lengthPrefixed(pass, end);
    if (tag === ENTRY_KEY) {
      pass.keyFrom = reader.pos;
      pass.keyTo = to;
    } else {
      valueFrom = reader.pos;
      valueTo = to;
    }
    reader.pos = to;
  }
  if (reader.pos !== end) throw malformed(end, 'an entry of a map is longer than its own length says');
  reader.pos = valueFrom;
  return valueTo;
}

/** The reader's own, but for the lengths of a byte or two, which nearly all are. */
function readSize(reader: Reader): number {
  const { buf, pos } = reader;
  const low = buf[pos]!;
  if (low < 0x80) {
    reader.pos = pos + 1;
    return low;
  }
  const high = buf[pos + 1]!;
  if (high < 0x80) {
    reader.pos = pos + 2;
    return (low & 0x7f) | (high << 7);
  }
  return reader.size();
}

/** The same for tags: every one that a document has, as long as Firestore has no more kinds of values than now. */
export function readTag(reader: Reader): number {
  const { buf, pos } = reader;
  const low = buf[pos]!;
  if (low < 0x80) {
    reader.pos = pos + 1;
    return low;
  }
  const high = buf[pos + 1]!;
  if (high < 0x80) {
    reader.pos = pos + 2;
    return (low & 0x7f) | (high << 7);
  }
  return reader.tag();
}

/** Reads a length and returns where what it announces ends, which is inside what is around it. */
export function lengthPrefixed(pass: MappingPass, outerEnd: number): number {
  const { reader } = pass;
  const start = reader.pos;
  const length = readSize(reader);
  const end = reader.pos + length;
  if (end > outerEnd) throw malformed(start, 'a length goes beyond what is around it');
  return end;
}

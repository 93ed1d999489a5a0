import type { Reader } from 'protobufjs';
import { ENTRY_KEY, ENTRY_VALUE } from '../values/value-tags.ts';
import type { ItemEncoder } from './item-encoder.ts';
import { malformed } from './mapping-error.ts';

/**
 * Opens the message that is the field at `at`, which ends at most at `outerEnd`: leaves in the pass where it begins and
 * returns where it ends; 0 if the field is another one than `tag`. No message ends at 0.
 */
export function openElement(pass: ItemEncoder, at: number, outerEnd: number, tag: number): number {
  const { input } = pass;
  if (input[at] === tag) {
    const low = input[at + 1]!;
    if (low < 0x80) {
      const end = at + 2 + low;
      if (end <= outerEnd) {
        pass.from = at + 2;
        return end;
      }
    } else {
      const high = input[at + 2]!;
      const end = at + 3 + (low & 0x7f) + (high << 7);
      if (high < 0x80 && end <= outerEnd) {
        pass.from = at + 3;
        return end;
      }
    }
  }
  const { reader } = pass;
  reader.pos = at;
  if (reader.tag() !== tag) return 0;
  const end = lengthPrefixed(reader, outerEnd);
  pass.from = reader.pos;
  return end;
}

/**
 * Reads a map's entry: leaves the key's range and where the value begins in the pass and returns where the value ends. An
 * entry is key and value in this order, but any order is valid and either may be left out.
 *
 * A key that comes twice is not looked for: serializers write the entries of a map, each key once. Were it to happen,
 * the JSON would hold the name twice, where the last one counts as it does in protobuf, the size would be too large, and
 * the comparison would tell.
 */
export function openEntry(pass: ItemEncoder, from: number, end: number): number {
  const { input } = pass;
  const keyLength = input[from + 1]!;
  const keyTo = from + 2 + keyLength;
  if (input[from] === ENTRY_KEY && keyLength < 0x80 && keyTo + 2 <= end && input[keyTo] === ENTRY_VALUE) {
    const low = input[keyTo + 1]!;
    const high = low < 0x80 ? 0 : input[keyTo + 2]!;
    const valueFrom = low < 0x80 ? keyTo + 2 : keyTo + 3;
    if (high < 0x80 && valueFrom + (low & 0x7f) + (high << 7) === end) {
      pass.keyFrom = from + 2;
      pass.keyTo = keyTo;
      pass.valueFrom = valueFrom;
      return end;
    }
  }
  return openUnusualEntry(pass, from, end);
}

function openUnusualEntry(pass: ItemEncoder, from: number, end: number): number {
  const { reader } = pass;
  reader.pos = from;
  pass.keyFrom = end;
  pass.keyTo = end;
  pass.valueFrom = end;
  let valueTo = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== ENTRY_KEY && tag !== ENTRY_VALUE) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const to = lengthPrefixed(reader, end);
    if (tag === ENTRY_KEY) {
      pass.keyFrom = reader.pos;
      pass.keyTo = to;
    } else {
      pass.valueFrom = reader.pos;
      valueTo = to;
    }
    reader.pos = to;
  }
  if (reader.pos !== end) throw malformed(end, 'an entry of a map is longer than its own length says');
  return valueTo;
}

/** Reads a length and returns where what it announces ends, which is inside what is around it. */
export function lengthPrefixed(reader: Reader, outerEnd: number): number {
  const start = reader.pos;
  const length = reader.size();
  const end = reader.pos + length;
  if (end > outerEnd) throw malformed(start, 'a length goes beyond what is around it');
  return end;
}

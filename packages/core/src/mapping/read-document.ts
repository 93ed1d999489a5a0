import type { Reader } from 'protobufjs';
import { ENTRY_KEY, ENTRY_VALUE, DOCUMENT_NAME } from '../values/value-tags.ts';
import type { ItemEncoder } from './item-encoder.ts';
import { malformed } from './mapping-error.ts';

/**
 * Opens the message in the field at `at`, inside a message that ends at `outerEnd`. Sets `pass.from` to its begin and
 * returns its end; 0 if the field's tag is not `tag`. No message ends at 0.
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
 * Reads a map's entry: sets `keyFrom`, `keyTo` and `valueFrom` of the pass, and returns the value's end. An entry is
 * usually key, then value, but any order is valid and either may be absent.
 *
 * Duplicate keys are not checked: serializers write each key of a map once. A duplicate would give the name twice in
 * the JSON, where the last one wins as in protobuf. The size would be too large, and the comparison would report it.
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

/** Reads a length and returns where its content ends. Throws if that is beyond `outerEnd`. */
export function lengthPrefixed(reader: Reader, outerEnd: number): number {
  const start = reader.pos;
  const length = reader.size();
  const end = reader.pos + length;
  if (end > outerEnd) throw malformed(start, 'a length exceeds the enclosing message');
  return end;
}

/** Whether a range of the document is exactly one varint. */
export function isVarint(input: Uint8Array, from: number, to: number): boolean {
  if (from >= to || to - from > 10) return false;
  let at = from;
  while (at < to - 1 && input[at]! >= 0x80) at++;
  return at === to - 1 && input[at]! < 0x80;
}

/** A varint as the signed 64 bit integer it stands for, exact: a bigint only where a number can't hold it. */
export function readInteger(pass: ItemEncoder, from: number, to: number): number | bigint {
  const { input } = pass;
  // Four bytes carry 28 bits, seven 49, which a double adds up exactly. Only huge and negative integers take more.
  if (to - from <= 4) {
    let value = 0;
    for (let at = to - 1; at >= from; at--) value = (value << 7) | (input[at]! & 0x7f);
    return value;
  }
  if (to - from <= 7) {
    let value = 0;
    for (let at = to - 1; at >= from; at--) value = value * 128 + (input[at]! & 0x7f);
    return value;
  }
  const { reader } = pass;
  reader.pos = from;
  const long = reader.int64() as { low: number; high: number };
  const wide = long.high * 0x1_0000_0000 + (long.low >>> 0);
  return Number.isSafeInteger(wide) ? wide : (BigInt(long.high) << 32n) + BigInt(long.low >>> 0);
}

const SLASH = 0x2f;
/** `projects/{project}/databases/{database}/documents/` */
const slashes = 5;

/** Sets the range of the database's name in the document's own name; an empty range if there is none. */
export function findDatabase(pass: ItemEncoder): void {
  const { reader } = pass;
  const back = reader.pos;
  pass.databaseKnown = true;
  pass.databaseFrom = 0;
  pass.databaseTo = 0;
  reader.pos = 0;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag !== DOCUMENT_NAME) {
      reader.skipType(tag & 7, 0, tag >>> 3);
      continue;
    }
    const length = reader.size();
    pass.databaseFrom = reader.pos;
    pass.databaseTo = endOfPrefix(reader.buf, reader.pos, reader.pos + length);
    reader.skip(length);
    // Serializers write the name first. A search for a duplicate would cost a second pass.
    break;
  }
  reader.pos = back;
}

function endOfPrefix(bytes: Uint8Array, from: number, to: number): number {
  let seen = 0;
  for (let i = from; i < to; i++) {
    if (bytes[i] === SLASH && ++seen === slashes) return i + 1;
  }
  return from;
}

import protobuf from 'protobufjs';
import type { Reader } from 'protobufjs';

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A reader over `bytes`; what it cuts out are views, not copies. */
export function readerOf(bytes: Uint8Array): Reader {
  return protobuf.Reader.create(bytes);
}

/** How many bytes the varint of a non-negative safe integer takes. */
export function varintSize(value: number): number {
  let size = 1;
  let rest = value;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 0x80);
    size += 1;
  }
  return size;
}

/** Writes a non-negative safe integer as a varint at `at`; returns the offset behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let offset = at;
  let rest = value;
  while (rest >= 0x80) {
    target[offset] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    offset += 1;
  }
  target[offset] = rest;
  return offset + 1;
}

/** How many bytes a length-delimited field (numbers up to 15) with `length` bytes of content takes. */
export function delimitedSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Writes tag and length of a length-delimited field (numbers up to 15); returns the offset of its content. */
export function writeDelimitedHead(target: Uint8Array, at: number, field: number, length: number): number {
  target[at] = (field << 3) | wireType.bytes;
  return writeVarint(target, at + 1, length);
}

/** A signed 64-bit integer, exact. */
export function readInt64(reader: Reader): bigint {
  const long = reader.int64();
  if (typeof long === 'number') return BigInt(long);
  const { high, low } = long;
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

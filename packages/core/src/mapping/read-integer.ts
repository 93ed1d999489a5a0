import type { ItemEncoder } from './item-encoder.ts';

/** Whether a range of the document is one varint: all its bytes but the last say that another follows. */
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

import type { Reader } from 'protobufjs';

/** A varint as the signed 64 bit integer it stands for, exact: a bigint only where a number can't hold it. */
export function readInteger(reader: Reader): number | bigint {
  const { buf, len } = reader;
  let at = reader.pos;
  let value = 0;
  let scale = 1;
  // Seven bytes carry 49 bits, which a double adds up exactly. Only huge and negative integers take more.
  for (let count = 0; count < 7 && at < len; count++) {
    const byte = buf[at++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      reader.pos = at;
      return value;
    }
    scale *= 128;
  }
  const long = reader.int64() as { low: number; high: number };
  const wide = long.high * 0x1_0000_0000 + (long.low >>> 0);
  return Number.isSafeInteger(wide) ? wide : (BigInt(long.high) << 32n) + BigInt(long.low >>> 0);
}

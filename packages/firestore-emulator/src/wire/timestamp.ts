import type { ProtoTimestamp } from '../protocol/messages.ts';
import { varintSize, wireType, writeVarint } from './wire.ts';

const microsPerSecond = 1_000_000;

/** Microseconds since 1970 as a Timestamp message. */
export function toProtoTimestamp(micros: number): ProtoTimestamp {
  const seconds = Math.floor(micros / microsPerSecond);
  return { seconds, nanos: (micros - seconds * microsPerSecond) * 1000 };
}

/** A Timestamp message as microseconds since 1970; finer digits are cut off. */
export function fromProtoTimestamp(timestamp: ProtoTimestamp): number {
  return timestamp.seconds * microsPerSecond + Math.floor(timestamp.nanos / 1000);
}

/** The encoded Timestamp message of a time after 1970. */
export function encodeTimestamp(micros: number): Buffer {
  const { seconds, nanos } = toProtoTimestamp(micros);
  const size = 1 + varintSize(seconds) + (nanos === 0 ? 0 : 1 + varintSize(nanos));
  const bytes = Buffer.allocUnsafe(size);
  bytes[0] = (1 << 3) | wireType.varint;
  const offset = writeVarint(bytes, 1, seconds);
  if (nanos !== 0) {
    bytes[offset] = (2 << 3) | wireType.varint;
    writeVarint(bytes, offset + 1, nanos);
  }
  return bytes;
}

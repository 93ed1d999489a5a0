import protobuf from 'protobufjs';
import type { Writer } from 'protobufjs';
import { fieldMapSize, writeFieldMap, type FieldMap } from '../wire/field-map.ts';
import { wireType } from '../wire/wire.ts';
import { contentField, valueKind } from './value.ts';

/* Each function gives an encoded google.firestore.v1.Value. */

function head(kind: number, type: number): Writer {
  return protobuf.Writer.create().uint32((kind << 3) | type);
}

const nanosPerSecond = 1_000_000_000n;

export function encodeNull(): Uint8Array {
  return head(valueKind.null, wireType.varint).uint32(0).finish();
}

export function encodeInteger(value: bigint): Uint8Array {
  return head(valueKind.integer, wireType.varint).int64(BigInt.asIntN(64, value).toString()).finish();
}

export function encodeDouble(value: number): Uint8Array {
  return head(valueKind.double, wireType.fixed64).double(value).finish();
}

export function encodeString(value: string): Uint8Array {
  return head(valueKind.string, wireType.bytes).string(value).finish();
}

export function encodeReference(name: string): Uint8Array {
  return head(valueKind.reference, wireType.bytes).string(name).finish();
}

/** Of a time in nanoseconds since 1970. */
export function encodeTimestampValue(nanoseconds: bigint): Uint8Array {
  let seconds = nanoseconds / nanosPerSecond;
  let nanos = nanoseconds % nanosPerSecond;
  if (nanos < 0n) {
    seconds -= 1n;
    nanos += nanosPerSecond;
  }
  return head(valueKind.timestamp, wireType.bytes)
    .fork()
    .uint32((1 << 3) | wireType.varint)
    .int64(Number(seconds))
    .uint32((2 << 3) | wireType.varint)
    .int32(Number(nanos))
    .ldelim()
    .finish();
}

export function encodeArray(elements: readonly Uint8Array[]): Uint8Array {
  const writer = head(valueKind.array, wireType.bytes).fork();
  for (const element of elements) writer.uint32((contentField << 3) | wireType.bytes).bytes(element);
  return writer.ldelim().finish();
}

export function encodeMap(fields: FieldMap): Uint8Array {
  const content = Buffer.allocUnsafe(fieldMapSize(fields));
  writeFieldMap(content, 0, contentField, fields);
  return head(valueKind.map, wireType.bytes).bytes(content).finish();
}

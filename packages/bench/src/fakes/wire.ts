/** Protobuf's framing, as far as the fake Firestore builds messages itself: length-delimited fields around ready bytes. */

export function delimited(field: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  return Buffer.concat([varint((field << 3) | 2), varint(length), ...parts]);
}

export function text(field: number, value: string): Buffer {
  return delimited(field, Buffer.from(value));
}

export function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

import { valueTags } from '@migrator/core';
import { Reader } from 'protobufjs/minimal.js';

/** An encoded Document with its name and times only. */
export function withoutFields(document: Uint8Array): Uint8Array {
  const reader = Reader.create(document);
  const kept: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const tag = reader.uint32();
    reader.skipType(tag & 7);
    if (tag !== valueTags.DOCUMENT_FIELD) kept.push(document.subarray(from, reader.pos));
  }
  return Buffer.concat(kept);
}

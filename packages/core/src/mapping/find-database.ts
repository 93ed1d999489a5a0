import { DOCUMENT_NAME } from '../values/value-tags.ts';
import type { ItemEncoder } from './item-encoder.ts';

const SLASH = 0x2f;
/** `projects/{project}/databases/{database}/documents/` */
const slashes = 5;

/** Notes where the document's own name says which database it is of; an empty range if it has no such name. */
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
    // Serializers put the name first; going on to the end for one that comes twice would cost a second pass.
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

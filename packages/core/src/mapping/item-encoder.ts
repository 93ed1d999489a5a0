import protobuf from 'protobufjs/minimal.js';
import type { ItemArena } from './item-arena.ts';

/**
 * The worst ratio of output to input is that of a geo point at 0/0 in an array: 51 bytes for 4. So a buffer of this
 * many times the document's size is never too small, and no write has to check.
 */
const worstExpansion = 14;
const keptBytes = 1 << 20;

const nothing = new Uint8Array(0);
const noSource = new DataView(new ArrayBuffer(0));

/**
 * The state of one pass over a document: input, output and counts. There is one instance, reused for each entry, so
 * its output has to be copied.
 *
 * Values in the usual encoding are read here by their ranges, byte by byte. The wire reader handles all others.
 */
export class ItemEncoder {
  /** The document. */
  input: Uint8Array = nothing;
  readonly reader: protobuf.Reader = new protobuf.Reader(nothing);
  /** The memory that holds the document, from `base` on, for reading by words. */
  source: DataView = noSource;
  base = 0;
  /** A word of four bytes that starts before this offset is inside that memory. */
  wordsEnd = 0;
  /** Output so far is `bytes[0..at]`. */
  bytes: Uint8Array = new Uint8Array(keptBytes);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;
  /** Size of the item so far, as DynamoDB counts it. */
  size = 0;
  encodedAsText = 0;
  /** The offset in the document of the first of these values. */
  textAt = -1;
  /** All text bytes or-ed together: from 0x80 on the text has to be checked for valid UTF-8. */
  textBits = 0;
  /** The number of maps and lists around the value being mapped, `data` included. */
  depth = 0;
  /** `projects/…/documents/` in the document's own name, as a range of its bytes; looked up for the first reference. */
  databaseKnown = false;
  databaseFrom = 0;
  databaseTo = 0;
  /** The offset where the message opened by `openElement` begins. */
  from = 0;
  /** The key read by `openEntry`, and where its value begins, as offsets in the document. */
  keyFrom = 0;
  keyTo = 0;
  valueFrom = 0;
  /**
   * The values of fields with reserved names, in the order of `reservedFields`, as ranges of the document; -1: none.
   */
  readonly ownFrom: [number, number, number] = [-1, -1, -1];
  readonly ownTo: [number, number, number] = [-1, -1, -1];

  start(document: Uint8Array, extraText: number): void {
    const needed = document.length * worstExpansion + extraText * 16 + 4096;
    if (this.bytes.length < needed) this.#useBuffer(needed);
    this.input = document;
    this.reader.buf = document;
    this.reader.len = document.length;
    // Documents share a chunk of memory. A view for each would cost more than the reading by words saves.
    const memory = document.buffer;
    if (this.source.buffer !== memory) this.source = new DataView(memory);
    this.base = document.byteOffset;
    this.wordsEnd = this.source.byteLength - this.base - 3;
    this.at = 0;
    this.size = 0;
    this.encodedAsText = 0;
    this.textAt = -1;
    this.textBits = 0;
    this.depth = 1;
    this.databaseKnown = false;
    this.ownFrom.fill(-1);
  }

  /** Releases the document, and a buffer larger than usual. */
  end(): void {
    this.input = nothing;
    this.reader.buf = nothing;
    if (this.source.byteLength > keptBytes) this.source = noSource;
    if (this.bytes.length > keptBytes) this.#useBuffer(keptBytes);
  }

  #useBuffer(length: number): void {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  /** A copy of the output, in the arena if there is one. */
  take(arena: ItemArena | undefined): Uint8Array {
    // Stores beyond the end of a typed array are ignored without an error, so check that none happened.
    if (this.at > this.bytes.length) throw new TypeError(`The output of ${this.at} bytes outgrew its buffer`);
    return arena === undefined
      ? Buffer.from(this.bytes.subarray(0, this.at))
      : arena.copy(this.bytes, this.at);
  }
}

import protobuf from 'protobufjs/minimal.js';

/**
 * No value takes more output for each byte of input than a geo point at 0/0 in an array: 51 bytes for 4.
 * So a buffer of this many times the document is never too small, and nothing has to ask on the way.
 */
const worstExpansion = 14;
const keptBytes = 1 << 20;

const emptySource = new DataView(new ArrayBuffer(0));
const emptyReader = new protobuf.Reader(new Uint8Array(0));

/**
 * What one pass over a document carries along: where it reads, where it writes, what it has counted. There is one,
 * used again for each entry; whoever takes its output copies it.
 */
export class MappingPass {
  reader: protobuf.Reader = emptyReader;
  /** The document once more, for reading it by words of four bytes; one that starts before `wordsEnd` fits. */
  source: DataView = emptySource;
  wordsEnd = 0;
  /** Output so far is `bytes[0..at]`. */
  bytes: Uint8Array = new Uint8Array(keptBytes);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;
  /** Size of the item so far, as DynamoDB counts it. */
  size = 0;
  encodedAsText = 0;
  /** All text bytes or-ed together: at 0x80 and above there is something for the check of UTF-8 to do. */
  textBits = 0;
  /** Maps and lists around the value being mapped, `data` included. */
  depth = 0;
  /** `projects/…/documents/` in the document's own name, as a range of its bytes; looked up for the first reference. */
  databaseKnown = false;
  databaseFrom = 0;
  databaseTo = 0;
  /** The key that `openEntry` has just read, as a range of the document's bytes. */
  keyFrom = 0;
  keyTo = 0;
  /** Values of fields whose names `data` uses itself, in the order of `ownNames`, as ranges of the document; -1: none. */
  readonly ownFrom: [number, number, number] = [-1, -1, -1];
  readonly ownTo: [number, number, number] = [-1, -1, -1];

  start(document: Uint8Array, extraText: number): void {
    const needed = document.length * worstExpansion + extraText * 16 + 4096;
    if (this.bytes.length < needed) this.#useBuffer(needed);
    this.reader = new protobuf.Reader(document);
    this.source = new DataView(document.buffer, document.byteOffset, document.length);
    this.wordsEnd = document.length - 3;
    this.at = 0;
    this.size = 0;
    this.encodedAsText = 0;
    this.textBits = 0;
    this.depth = 1;
    this.databaseKnown = false;
    this.ownFrom.fill(-1);
  }

  /** Lets go of the document, and of a buffer that only a giant needed. */
  end(): void {
    this.reader = emptyReader;
    this.source = emptySource;
    if (this.bytes.length > keptBytes) this.#useBuffer(keptBytes);
  }

  #useBuffer(length: number): void {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  /** A copy of the output. */
  take(): Uint8Array {
    // Stores beyond a typed array's end vanish without an error: never hand out what may have lost some.
    if (this.at > this.bytes.length) throw new TypeError(`The output of ${this.at} bytes outgrew its buffer`);
    const copy = Buffer.allocUnsafe(this.at);
    copy.set(this.bytes.subarray(0, this.at));
    return copy;
  }
}

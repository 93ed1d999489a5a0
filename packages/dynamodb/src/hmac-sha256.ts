import { hash } from 'node:crypto';

const blockBytes = 64;
const hashBytes = 32;

/**
 * HMAC-SHA256 of messages of one length with one key, by two one-shot hashes over preallocated memory: less than half
 * the CPU of Node's `Hmac`, and no object for each message.
 */
export class HmacSha256 {
  /** Write the message here before each `digest`. */
  readonly message: Buffer;
  /** The padded key, then the message. */
  readonly #inner: Buffer;
  /** The padded key, then the inner hash. */
  readonly #outer: Buffer;

  constructor(key: Uint8Array, messageBytes: number) {
    const short = key.length > blockBytes ? hash('sha256', key, 'buffer') : key;
    this.#inner = keyed(short, 0x36, messageBytes);
    this.#outer = keyed(short, 0x5c, hashBytes);
    this.message = this.#inner.subarray(blockBytes);
  }

  /** The HMAC of the current `message`, in hex. */
  digest(): string {
    // As a latin1 string: a Buffer takes twice the time and four times the memory.
    const inner = hash('sha256', this.#inner, 'latin1');
    this.#outer.write(inner, blockBytes, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}

function keyed(key: Uint8Array, pad: number, restBytes: number): Buffer {
  const block = Buffer.alloc(blockBytes + restBytes, pad);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
}

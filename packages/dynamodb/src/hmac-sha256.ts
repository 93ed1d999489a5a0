import { hash } from 'node:crypto';

const blockBytes = 64;
const hashBytes = 32;

/**
 * HMAC-SHA256 of messages of one length under one key, by two one-shot hashes over memory that is made once: less than
 * half the CPU of node's own `Hmac`, and no object for each message.
 */
export class HmacSha256 {
  /** To be written into before each `digest`. */
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

  /** In hex, of the message as it is now. */
  digest(): string {
    // As a string, a character a byte: a Buffer takes twice the time and four times the memory.
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

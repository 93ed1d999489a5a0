import { createHash, createHmac, type Hash, hash, type Hmac } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

interface Known {
  readonly secret: string;
  readonly text: string;
  readonly digest: Uint8Array;
}

/** With each signature the signer makes sure whose key it keeps, by the very same HMAC each time: 3 µs an entry. */
let known: Known | undefined;

/** The hash that AWS's signer is given: node's own, several times as fast as the one in JavaScript. */
export class Sha256 {
  readonly #secret: Bytes | undefined;
  #first: Bytes | undefined;
  #more: Hash | Hmac | undefined;

  constructor(secret?: Bytes) {
    this.#secret = secret;
  }

  update(data: Bytes): void {
    // Nearly always there is but one piece, which is hashed in one call at the end.
    if (this.#first === undefined) {
      this.#first = data;
      return;
    }
    this.#more ??= this.#begin().update(view(this.#first));
    this.#more.update(view(data));
  }

  async digest(): Promise<Uint8Array> {
    if (this.#more !== undefined) return this.#more.digest();
    const data = view(this.#first ?? '');
    if (this.#secret === undefined) return hash('sha256', data, 'buffer');
    if (typeof this.#secret !== 'string') return this.#begin().update(data).digest();
    const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    if (known?.secret !== this.#secret || known.text !== text) {
      known = { secret: this.#secret, text, digest: this.#begin().update(data).digest() };
    }
    return known.digest;
  }

  reset(): never {
    throw new Error('A hash is used once.');
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', view(this.#secret));
  }
}

function view(data: Bytes): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

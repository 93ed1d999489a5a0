const smallest = 4 * 1024;
const largest = 1024 * 1024;
/** The limit of all lengths together, in bytes. The usual batches in flight take half of it. */
const mostKeptBytes = 16 * 1024 * 1024;

/**
 * Reusable memory for request bodies. New memory for each would be garbage that only a full collection frees (see
 * ItemArena).
 *
 * A body may be given back only after a response with status 200: then it has been sent completely. Any other body is
 * left to the garbage collector, because a connection may still send it. If that rule is broken, the service rejects
 * the request, because the signature covers the body's hash.
 */
export class BufferPool {
  /** Free buffers by length, a power of two. */
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  /** The bytes of all free buffers. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** A buffer of at least `length` bytes with undefined content. */
  take(length: number): Buffer {
    if (length > largest) return Buffer.allocUnsafeSlow(length);
    let size = smallest;
    while (size < length) size *= 2;
    const memory = this.#free.get(size)?.pop();
    if (memory === undefined) return Buffer.allocUnsafeSlow(size);
    this.#keptBytes -= size;
    return memory;
  }

  /** Gives back a buffer that `take` returned. */
  giveBack(memory: Buffer): void {
    const { length } = memory;
    if (length > largest || this.#keptBytes + length > mostKeptBytes) return;
    this.#keptBytes += length;
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [memory]);
    else free.push(memory);
  }
}

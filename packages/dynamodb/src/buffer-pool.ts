const smallest = 4 * 1024;
const largest = 1024 * 1024;
/** Of all lengths together. As many batches of ordinary items as are under way take half of it. */
const mostKeptBytes = 16 * 1024 * 1024;

/**
 * Memory for the bodies of requests, used again and again: fresh memory for each is garbage that only a
 * collection of the whole heap frees (ItemArena tells why).
 *
 * A body is given back only after the service's good answer to it (200): then it has been read whole, and is not sent
 * any more. Any other body is left to the collector, because a connection may still be sending it. Should that rule ever
 * be broken, the service refuses what it gets: the signature covers the body's hash.
 */
export class BufferPool {
  /** By their length, a power of two. */
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  /** How much memory waits to be used again. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** At least so many bytes, with anything in them. */
  take(length: number): Buffer {
    if (length > largest) return Buffer.allocUnsafeSlow(length);
    let size = smallest;
    while (size < length) size *= 2;
    const memory = this.#free.get(size)?.pop();
    if (memory === undefined) return Buffer.allocUnsafeSlow(size);
    this.#keptBytes -= size;
    return memory;
  }

  /** `memory` as `take` gave it. */
  giveBack(memory: Buffer): void {
    const { length } = memory;
    if (length > largest || this.#keptBytes + length > mostKeptBytes) return;
    this.#keptBytes += length;
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [memory]);
    else free.push(memory);
  }
}

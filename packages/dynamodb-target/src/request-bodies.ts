const smallest = 4 * 1024;
const largest = 1024 * 1024;
/** Of one length; there are as many in use as writes are under way. */
const mostKept = 64;

/**
 * Memory for the bodies of requests, used again and again: fresh memory for each costs a third of the CPU of a worker, in
 * collections of garbage.
 *
 * A body is given back only after the service's good answer to it (200): then it has been read whole, and nobody sends it
 * any more. Any other body is left to the collector, because a connection may still be sending it. Should that rule ever
 * be broken, the service refuses what it gets: the signature covers the body's hash.
 */
export class RequestBodies {
  /** By their length, a power of two. */
  readonly #free = new Map<number, Buffer[]>();

  /** At least so many bytes, with anything in them. */
  take(length: number): Buffer {
    if (length > largest) return Buffer.allocUnsafeSlow(length);
    let size = smallest;
    while (size < length) size *= 2;
    return this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  /** `memory` as `take` gave it. */
  giveBack(memory: Buffer): void {
    const { length } = memory;
    if (length > largest) return;
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [memory]);
    else if (free.length < mostKept) free.push(memory);
  }
}

/** An ordinary item has 2 to 3 KB. */
const firstBytes = 16 * 1024;
/** A batch of ordinary items takes about 64 KB. Larger memory is not kept. */
const mostKeptBytes = 256 * 1024;
/** One for each write in flight. */
const mostKept = 64;

/**
 * Memory that items are mapped into, reused after they are written. New memory for each item would live just long
 * enough to reach the old generation, which only a full collection frees. That took a quarter of a worker's CPU.
 *
 * The caller that takes an arena gives it back when its items are no longer read.
 */
export class ItemArena {
  static readonly #free: ItemArena[] = [];
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #at = 0;

  /** The arena that was given back last, because it is most likely in the processor's cache. */
  static take(): ItemArena {
    return ItemArena.#free.pop() ?? new ItemArena();
  }

  /** A copy that is valid until the arena is given back. */
  copy(source: Uint8Array, length: number): Uint8Array {
    if (length > mostKeptBytes) return Buffer.from(source.subarray(0, length));
    if (this.#at + length > this.#bytes.length) this.#grow(length);
    const from = this.#at;
    this.#at = from + length;
    const copy = this.#bytes.subarray(from, this.#at);
    copy.set(source.subarray(0, length));
    return copy;
  }

  giveBack(): void {
    this.#at = 0;
    if (ItemArena.#free.length < mostKept) ItemArena.#free.push(this);
  }

  /** Earlier copies keep their memory as long as they are referenced. */
  #grow(length: number): void {
    let bytes = this.#bytes.length;
    do bytes *= 2;
    while (bytes < length);
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(bytes, mostKeptBytes));
    this.#at = 0;
  }
}

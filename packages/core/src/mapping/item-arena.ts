/** An ordinary item has 2 to 3 KB. */
const firstBytes = 16 * 1024;
/** A batch of ordinary items has some 64 KB; what only larger ones needed is not kept. */
const mostKeptBytes = 256 * 1024;
/** There is one for each write under way. */
const mostKept = 64;

/**
 * Memory that items are mapped into and that is used again when they are where they belong. Fresh memory for each
 * lives just long enough to be moved to the old part of the heap, where only a collection of everything frees it: a quarter
 * of the CPU of a worker, before there was this.
 *
 * The caller that takes an arena gives it back when the items that were mapped into it are read no more.
 */
export class ItemArena {
  static readonly #free: ItemArena[] = [];
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #at = 0;

  /** The one that was given back last, which the processor's cache is likeliest to hold. */
  static take(): ItemArena {
    return ItemArena.#free.pop() ?? new ItemArena();
  }

  /** A copy that lasts until the arena is given back. */
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

  /** Earlier copies keep the memory that they are in for as long as they last. */
  #grow(length: number): void {
    let bytes = this.#bytes.length;
    do bytes *= 2;
    while (bytes < length);
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(bytes, mostKeptBytes));
    this.#at = 0;
  }
}

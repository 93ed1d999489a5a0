import { compareIds } from '../names/compare-ids.ts';

const maximumChunk = 512;

/**
 * Items ordered by id, in chunks, so that inserting, removing, finding and starting to read anywhere all take
 * about the logarithm of the size. Must not be changed while one of its iterators is in use.
 */
export class SortedList<T extends { readonly id: string }> {
  #chunks: T[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): T | undefined {
    const chunk = this.#chunks[this.#chunkFor(id)];
    const item = chunk?.[positionIn(chunk, id)];
    return item?.id === id ? item : undefined;
  }

  /** Adds an item whose id is not in the list yet. */
  insert(item: T): void {
    this.#size += 1;
    if (this.#chunks.length === 0) {
      this.#chunks.push([item]);
      return;
    }
    const index = Math.min(this.#chunkFor(item.id), this.#chunks.length - 1);
    const chunk = this.#chunks[index]!;
    chunk.splice(positionIn(chunk, item.id), 0, item);
    if (chunk.length > maximumChunk) {
      // Ids often arrive in order: leaving the left chunk full then packs twice as many items into each.
      const isLast = index === this.#chunks.length - 1;
      const cut = isLast ? maximumChunk : maximumChunk / 2;
      this.#chunks.splice(index + 1, 0, chunk.splice(cut));
    }
  }

  delete(id: string): void {
    const index = this.#chunkFor(id);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const position = positionIn(chunk, id);
    if (chunk[position]?.id !== id) return;
    chunk.splice(position, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** The items from the first with an id at or after `from`, upwards. */
  *ascending(from?: string): Generator<T, void, undefined> {
    let index = from === undefined ? 0 : this.#chunkFor(from);
    let position = from === undefined ? 0 : positionIn(this.#chunks[index] ?? [], from);
    for (; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index]!;
      for (; position < chunk.length; position += 1) yield chunk[position]!;
      position = 0;
    }
  }

  /** The items from the last with an id at or before `from`, downwards. */
  *descending(from?: string): Generator<T, void, undefined> {
    let index = this.#chunks.length - 1;
    let position = (this.#chunks[index]?.length ?? 0) - 1;
    if (from !== undefined) {
      index = Math.min(this.#chunkFor(from), index);
      const chunk = this.#chunks[index] ?? [];
      position = positionIn(chunk, from);
      if (chunk[position]?.id !== from) position -= 1;
    }
    for (; index >= 0; index -= 1) {
      const chunk = this.#chunks[index]!;
      for (; position >= 0; position -= 1) yield chunk[position]!;
      position = (this.#chunks[index - 1]?.length ?? 0) - 1;
    }
  }

  /** The first chunk whose last id is at or after `id`; the number of chunks when there is none. */
  #chunkFor(id: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]!.at(-1)!;
      if (compareIds(last.id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Where `id` stands in a sorted chunk, or would stand. */
function positionIn(chunk: readonly { readonly id: string }[], id: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(chunk[middle]!.id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

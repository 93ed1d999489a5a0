import type { ItemJson } from '../ports/target.ts';
import {
  dataIs,
  dateIs,
  dateKeyIs,
  isFromFirestore,
  metadataIs,
  migratedAtIs,
  originalTimestampIs,
  updatedAtIs,
  userIdIs,
} from './frame-texts.ts';
import { CLOSE, COMMA, ItemText, OPEN } from './item-text.ts';

/** The offsets of a text in the JSON of an item. */
export interface TextRange {
  from: number;
  to: number;
}

/**
 * Finds the key of an owned item, and the entry that it names, without parsing: the fast path of `readProvenance`
 * for items of a scan with `keysOnly`. Reused for every item, it creates no objects.
 */
export class OwnedTexts {
  readonly dateKey: TextRange = { from: 0, to: 0 };
  readonly userId: TextRange = { from: 0, to: 0 };
  readonly date: TextRange = { from: 0, to: 0 };
  readonly #updatedAt: TextRange = { from: 0, to: 0 };
  readonly #migratedAt: TextRange = { from: 0, to: 0 };
  readonly #originalTimestamp: TextRange = { from: 0, to: 0 };
  readonly #text = new ItemText();
  #seen = 0;

  /**
   * True: the migration owns the item, and the texts are at their offsets, without escapes. False: not decided. Then
   * `readProvenance` of the parsed item decides.
   */
  find(json: ItemJson): boolean {
    this.#text.open(json);
    this.#seen = 0;
    try {
      return (
        this.#item() && this.#text.at === json.length && this.#seen === allSeen && this.#isUnchanged(json)
      );
    } catch (error) {
      // The item ends in the middle of a name, at the end of its memory.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  #item(): boolean {
    const text = this.#text;
    if (!text.takes(OPEN)) return false;
    do {
      if (text.takesAll(dateKeyIs)) {
        if (!this.#takes(this.dateKey, 1)) return false;
      } else if (text.takesAll(updatedAtIs)) {
        if (!this.#takes(this.#updatedAt, 2)) return false;
      } else if (!text.takesAll(dataIs) || !this.#data()) return false;
    } while (text.takes(COMMA));
    return text.takes(CLOSE);
  }

  #data(): boolean {
    const text = this.#text;
    do {
      if (text.takesAll(userIdIs)) {
        if (!this.#takes(this.userId, 4)) return false;
      } else if (text.takesAll(dateIs)) {
        if (!this.#takes(this.date, 8)) return false;
      } else if (!text.takesAll(metadataIs) || !this.#metadata()) return false;
    } while (text.takes(COMMA));
    return text.takesBoth(CLOSE, CLOSE);
  }

  #metadata(): boolean {
    const text = this.#text;
    do {
      if (text.takesAll(isFromFirestore)) {
        if (!this.#isFirst(16)) return false;
      } else if (text.takesAll(migratedAtIs)) {
        if (!this.#takes(this.#migratedAt, 32)) return false;
      } else if (!text.takesAll(originalTimestampIs) || !this.#takes(this.#originalTimestamp, 64))
        return false;
    } while (text.takes(COMMA));
    return text.takesBoth(CLOSE, CLOSE);
  }

  #takes(range: TextRange, bit: number): boolean {
    range.from = this.#text.at;
    range.to = this.#text.endOfPlain();
    return range.to !== -1 && this.#isFirst(bit) && this.#text.takes(CLOSE);
  }

  /** Whether this is the first field of the name; JSON may have duplicates. */
  #isFirst(bit: number): boolean {
    if ((this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    return true;
  }

  /** Whether the application has not saved the item since. */
  #isUnchanged(json: ItemJson): boolean {
    const { from, to } = this.#updatedAt;
    const offset = this.#migratedAt.from - from;
    if (this.#migratedAt.to !== to + offset) return false;
    for (let at = from; at < to; at++) if (json[at] !== json[at + offset]) return false;
    return true;
  }
}

const allSeen = 0b111_1111;

import { hash } from 'node:crypto';

import { type Deltas, type EntryRef, setLanes } from '@migrator/core';

/**
 * A set of items as a few sums: one way of a verification adds what it comes upon, the other takes it away, and if nothing is
 * left both have come upon the same. What is summed is a piece of SHA-256 of where an item is and what entry it says it is,
 * with a key that is random for each verification. Two sets that differ leave nothing with a chance of 2^-72, whatever ids they
 * are made of.
 */
export class ItemSet {
  readonly #key: string;
  readonly #sign: 1 | -1;
  readonly #lanes: number[] = setLanes.map(() => 0);

  /** `sign`: 1 for the way from the entries to their items, -1 for the way back. */
  constructor(key: string, sign: 1 | -1) {
    this.#key = key;
    this.#sign = sign;
  }

  /** The item at the key, which says that it is this entry's. */
  add(key: string, { userId, date }: EntryRef): void {
    // No id of a document holds a slash: another key, user and date never give an entry's text.
    const text = `${this.#key}/${key}/${userId}/${date}`;
    // Half a surrogate pair would be hashed as if it were U+FFFD, which an id may hold.
    const wellFormed = text.isWellFormed() ? text : JSON.stringify(text);
    const digest = hash('sha256', wellFormed, 'latin1');
    for (let lane = 0; lane < setLanes.length; lane += 1) {
      const at = lane * 3;
      this.#lanes[lane]! +=
        (digest.charCodeAt(at) << 16) | (digest.charCodeAt(at + 1) << 8) | digest.charCodeAt(at + 2);
    }
  }

  /** What has been added, for the books. Each lane is cut to its bits, so that no number of pages makes it too large. */
  deltas(): Deltas<'verification'> {
    return Object.fromEntries(
      setLanes.map((name, lane) => [name, this.#sign * (this.#lanes[lane]! % laneSize)]),
    );
  }
}

const laneSize = 2 ** 24;

/** Whether the ways there and back have come upon the same items. */
export function isBalanced(totals: Readonly<Record<string, number>>): boolean {
  return setLanes.every((name) => (totals[name] ?? 0) % laneSize === 0);
}

import { hash } from 'node:crypto';

import { type Deltas, type EntryRef, digestSums } from '@migrator/core';

/**
 * A set of items as a few sums: one way of a verification adds what it finds, the other takes it away, and if nothing is
 * left both have found the same. What is summed is a piece of SHA-256 of where an item is and what entry it says it is,
 * with a key that is random for each verification. Two sets that differ leave nothing with a chance of 2^-72, for any
 * ids.
 */
export class SetDigest {
  readonly #key: string;
  readonly #sign: 1 | -1;
  readonly #sums: number[] = digestSums.map(() => 0);

  /** `sign`: 1 for the way from the entries to their items, -1 for the reverse pass. */
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
    for (let index = 0; index < digestSums.length; index += 1) {
      const at = index * 3;
      this.#sums[index]! +=
        (digest.charCodeAt(at) << 16) | (digest.charCodeAt(at + 1) << 8) | digest.charCodeAt(at + 2);
    }
  }

  /** What has been added, for the ledger. Each index is cut to its bits, so that no number of pages makes it too large. */
  deltas(): Deltas<'verification'> {
    return Object.fromEntries(
      digestSums.map((name, index) => [name, this.#sign * (this.#sums[index]! % sumSize)]),
    );
  }
}

const sumSize = 2 ** 24;

/** Whether the forward and the reverse pass have come across the same items. */
export function isBalanced(totals: Readonly<Record<string, number>>): boolean {
  return digestSums.every((name) => (totals[name] ?? 0) % sumSize === 0);
}

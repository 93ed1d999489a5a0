import { hash } from 'node:crypto';

import { type Deltas, type EntryRef, type ItemJson, digestSums, OwnedTexts } from '@migrator/core';

/**
 * An additive multiset hash of items: the forward pass of a verification adds what it finds, the reverse pass
 * subtracts it, and if the sums are 0 both have found the same items. Each item adds a part of the SHA-256 of its key
 * and the entry that it names, with a random key for each verification. Different sets give 0 with a probability of
 * 2^-72, whatever the ids.
 */
export class SetDigest {
  readonly #key: string;
  readonly #sign: 1 | -1;
  readonly #sums: number[] = digestSums.map(() => 0);

  /** `sign`: 1 for the forward pass (from entries to items), -1 for the reverse pass. */
  constructor(key: string, sign: 1 | -1) {
    this.#key = key;
    this.#sign = sign;
  }

  /** Adds the item with this key, which names this entry. */
  add(key: string, { userId, date }: EntryRef): void {
    // No document id contains a slash, so the text is unique.
    const text = `${this.#key}/${key}/${userId}/${date}`;
    // A lone surrogate would be hashed like U+FFFD, which an id may contain.
    this.#add(text.isWellFormed() ? text : JSON.stringify(text));
  }

  /** The same for an item that the migration owns, without parsing it. False: not decided, and nothing is added. */
  addOwned(item: ItemJson): boolean {
    if (!texts.find(item)) return false;
    const { dateKey, userId, date } = texts;
    const length =
      this.#key.length + 3 + dateKey.to - dateKey.from + userId.to - userId.from + date.to - date.from;
    if (length > memory.length) return false;
    let at = memory.write(this.#key, 0);
    for (const { from, to } of [dateKey, userId, date]) {
      memory[at++] = SLASH;
      for (let i = from; i < to; i++) memory[at++] = item[i]!;
    }
    if (message.length !== length) message = memory.subarray(0, length);
    this.#add(message);
    return true;
  }

  #add(message: string | Uint8Array): void {
    const digest = hash('sha256', message, 'latin1');
    for (let index = 0; index < digestSums.length; index += 1) {
      const at = index * 3;
      this.#sums[index]! +=
        (digest.charCodeAt(at) << 16) | (digest.charCodeAt(at + 1) << 8) | digest.charCodeAt(at + 2);
    }
  }

  /** The sums so far, for the ledger. Each is reduced to its bits, so that it can't overflow. */
  deltas(): Deltas<'verification'> {
    return Object.fromEntries(
      digestSums.map((name, index) => [name, this.#sign * (this.#sums[index]! % sumSize)]),
    );
  }
}

const sumSize = 2 ** 24;

const SLASH = 0x2f;
const texts = new OwnedTexts();
/** The hashed text of an item. */
const memory = Buffer.alloc(8 * 1024);
/** Its beginning, as long as the last text. */
let message = memory;

/** Whether the forward and the reverse pass have found the same items. */
export function isBalanced(totals: Readonly<Record<string, number>>): boolean {
  return digestSums.every((name) => (totals[name] ?? 0) % sumSize === 0);
}

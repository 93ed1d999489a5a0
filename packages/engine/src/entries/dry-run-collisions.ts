import { type EntryRef, mayCollide, type Source, type SourceEntry } from '@migrator/core';

/**
 * Finds, where nothing is written, which entries would come second to another one with the same key. Nothing can be
 * remembered of all keys, so Firestore is asked for the few entries that could share one: for a user id with an
 * underscore, whether the users that it begins with have journals at all (a read for each, once), and only then for
 * their entries; for a date with an underscore, for the entries of the longer users that it could end.
 */
export class DryRunCollisions {
  readonly #source: Source;
  readonly #userId: string;
  readonly #signal: AbortSignal;
  #shorterUsers: Promise<readonly string[]> | undefined;

  constructor(source: Source, userId: string, signal: AbortSignal) {
    this.#source = source;
    this.#userId = userId;
    this.#signal = signal;
  }

  /** For each entry that shares its key, the one that comes first: that of the user id that sorts first. */
  async among(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, EntryRef>> {
    const shorter = this.#userId.includes('_')
      ? await (this.#shorterUsers ??= this.#usersItBeginsWith())
      : [];
    const rivals = new Map<SourceEntry, readonly EntryRef[]>();
    for (const entry of entries) {
      const refs = mayCollide(entry) ? this.#rivalsOf(entry, shorter) : [];
      if (refs.length > 0) rivals.set(entry, refs);
    }
    const asked = [...rivals.values()].flat();
    if (asked.length === 0) return new Map();
    const found = await this.#source.readEntries(asked, { keysOnly: true, signal: this.#signal });
    const exists = new Set(found.map(({ userId, date }) => `${userId}/${date}`));
    const second = new Map<SourceEntry, EntryRef>();
    for (const [entry, refs] of rivals) {
      const first = refs.find(({ userId, date }) => userId < entry.userId && exists.has(`${userId}/${date}`));
      if (first !== undefined) second.set(entry, first);
    }
    return second;
  }

  #rivalsOf({ userId, date }: SourceEntry, shorter: readonly string[]): EntryRef[] {
    const rivals: EntryRef[] = shorter.map((user) => ({
      userId: user,
      date: `${userId.slice(user.length + 1)}_${date}`,
    }));
    for (let place = date.indexOf('_'); place !== -1; place = date.indexOf('_', place + 1)) {
      if (place > 0 && place < date.length - 1) {
        rivals.push({ userId: `${userId}_${date.slice(0, place)}`, date: date.slice(place + 1) });
      }
    }
    return rivals.filter(
      (ref) => Buffer.byteLength(ref.userId) <= 1500 && Buffer.byteLength(ref.date) <= 1500,
    );
  }

  async #usersItBeginsWith(): Promise<readonly string[]> {
    const prefixes: string[] = [];
    for (let place = this.#userId.indexOf('_'); place !== -1; place = this.#userId.indexOf('_', place + 1)) {
      if (place > 0) prefixes.push(this.#userId.slice(0, place));
    }
    const counts = await Promise.all(
      prefixes.map((user) => this.#source.countUserEntries(user, this.#signal)),
    );
    return prefixes.filter((_, index) => (counts[index] ?? 0) > 0);
  }
}

import {
  type EntryRef,
  isDocumentId,
  ItemArena,
  mapEntry,
  mayCollide,
  type Source,
  type SourceEntry,
} from '@migrator/core';

export interface DryRun {
  readonly source: Source;
  readonly userId: string;
  /** The users of the run in their order; absent: all, in Firestore's order. */
  readonly userIds?: readonly string[];
  readonly migratedAt: string;
  readonly oversize: 'fail' | 'gzip';
  readonly signal: AbortSignal;
}

/** How many rivals are read whole at once: a document can have a mebibyte. */
const wholeAtOnce = 20;

/**
 * Finds, where nothing is written, which entries would come second to another one with the same key: to one of the same
 * run, of a user who comes first, that can be an item itself. Nothing can be remembered of all keys, so Firestore is
 * asked for the few entries that could share one: for a user id with an underscore, whether the users that it begins
 * with have journals at all (a read for each, once), and only then for their entries; where the run is of given users in
 * another order, also for entries of the longer users that a date with an underscore could end.
 */
export class DryRunCollisions {
  readonly #run: DryRun;
  #shorterUsers: Promise<readonly string[]> | undefined;

  constructor(run: DryRun) {
    this.#run = run;
  }

  /** For each of the entries that shares its key, the one that comes first. Only for keys that hold no item yet. */
  async among(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, EntryRef>> {
    const { source, signal, userId } = this.#run;
    const shorter = userId.includes('_') ? await (this.#shorterUsers ??= this.#usersItBeginsWith()) : [];
    const rivals = new Map<SourceEntry, readonly EntryRef[]>();
    for (const entry of entries) {
      const refs = mayCollide(entry) ? this.#rivalsOf(entry, shorter) : [];
      if (refs.length > 0) rivals.set(entry, refs);
    }
    const asked = [...rivals.values()].flat();
    if (asked.length === 0) return new Map();
    const found = await source.readEntries(asked, { keysOnly: true, signal });
    const items = await this.#thatCanBeItems(found);
    const second = new Map<SourceEntry, EntryRef>();
    for (const [entry, refs] of rivals) {
      const first = refs.find((ref) => items.has(pathOf(ref)));
      if (first !== undefined) second.set(entry, first);
    }
    return second;
  }

  /** Those that come first, in the order of their users. */
  #rivalsOf({ userId, date }: SourceEntry, shorter: readonly string[]): EntryRef[] {
    const rivals: EntryRef[] = shorter.map((user) => ({
      userId: user,
      date: `${userId.slice(user.length + 1)}_${date}`,
    }));
    for (let place = date.indexOf('_'); place !== -1; place = date.indexOf('_', place + 1)) {
      const longer = `${userId}_${date.slice(0, place)}`;
      if (this.#fieldPathAt(longer) !== undefined)
        rivals.push({ userId: longer, date: date.slice(place + 1) });
    }
    return rivals
      .filter((ref) => isDocumentId(ref.userId) && isDocumentId(ref.date))
      .toSorted((a, b) => (this.#fieldPathAt(a.userId) ?? 0) - (this.#fieldPathAt(b.userId) ?? 0));
  }

  async #usersItBeginsWith(): Promise<readonly string[]> {
    const { source, userId, signal } = this.#run;
    const prefixes: string[] = [];
    for (let place = userId.indexOf('_'); place !== -1; place = userId.indexOf('_', place + 1)) {
      const user = userId.slice(0, place);
      if (isDocumentId(user) && this.#fieldPathAt(user) !== undefined) prefixes.push(user);
    }
    const counts = await Promise.all(prefixes.map((user) => source.countUserEntries(user, signal)));
    return prefixes.filter((_, index) => (counts[index] ?? 0) > 0);
  }

  /** Where the user stands among those of the run; undefined where he comes later or is none of them. */
  #fieldPathAt(user: string): number | undefined {
    const { userId, userIds } = this.#run;
    // Of two users whose entries can share a key, one begins with the other, and Firestore lists that one first.
    if (userIds === undefined) return user.length < userId.length ? user.length : undefined;
    const place = userIds.indexOf(user);
    return place !== -1 && place < userIds.indexOf(userId) ? place : undefined;
  }

  /** One that is too large, say, takes no key away from another. */
  async #thatCanBeItems(found: readonly EntryRef[]): Promise<ReadonlySet<string>> {
    const { source, signal, migratedAt, oversize } = this.#run;
    const items = new Set<string>();
    for (let from = 0; from < found.length; from += wholeAtOnce) {
      const refs = found.slice(from, from + wholeAtOnce).map(({ userId, date }) => ({ userId, date }));
      for (const entry of await source.readEntries(refs, { signal })) {
        const arena = ItemArena.take();
        if (mapEntry(entry, { migratedAt, oversize, arena }).ok) items.add(pathOf(entry));
        arena.giveBack();
      }
    }
    return items;
  }
}

function pathOf({ userId, date }: EntryRef): string {
  return `${userId}/${date}`;
}

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

/** How many rivals are read at once, with their documents of up to 1 MiB. */
const wholeAtOnce = 20;

/**
 * Finds the key collisions of a dry run, which writes no items to collide with: entries whose key another entry of
 * the run takes first, of an earlier user, if that one can be an item. All keys would not fit into memory, so
 * only the few entries that could share a key are read from Firestore. For a user id with an underscore it checks
 * whether the users whose ids it begins with have journals (a read for each, once), and only then reads their entries.
 * If the run has given users in another order, it also reads entries of longer user ids.
 */
export class DryRunCollisions {
  readonly #run: DryRun;
  #shorterUsers: Promise<readonly string[]> | undefined;

  constructor(run: DryRun) {
    this.#run = run;
  }

  /**
   * For each of the entries that shares its key, the entry that takes the key first. Pass only entries without an
   * item.
   */
  async among(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, EntryRef>> {
    const { source, signal, userId } = this.#run;
    const shorter = userId.includes('_') ? await (this.#shorterUsers ??= this.#usersItBeginsWith()) : [];
    const rivals = new Map<SourceEntry, readonly EntryRef[]>();
    for (const entry of entries) {
      const refs = mayCollide(entry) ? this.#rivalsOf(entry, shorter) : [];
      if (refs.length > 0) rivals.set(entry, refs);
    }
    const all = [...rivals.values()].flat();
    if (all.length === 0) return new Map();
    const found = await source.readEntries(all, { keysOnly: true, signal });
    const items = await this.#keysOfStorable(found);
    const second = new Map<SourceEntry, EntryRef>();
    for (const [entry, refs] of rivals) {
      const first = refs.find((ref) => items.has(pathOf(ref)));
      if (first !== undefined) second.set(entry, first);
    }
    return second;
  }

  /** The entries with the same key of earlier users, in the order of the users. */
  #rivalsOf({ userId, date }: SourceEntry, shorter: readonly string[]): EntryRef[] {
    const rivals: EntryRef[] = shorter.map((user) => ({
      userId: user,
      date: `${userId.slice(user.length + 1)}_${date}`,
    }));
    for (let place = date.indexOf('_'); place !== -1; place = date.indexOf('_', place + 1)) {
      const longer = `${userId}_${date.slice(0, place)}`;
      if (this.#positionOf(longer) !== undefined)
        rivals.push({ userId: longer, date: date.slice(place + 1) });
    }
    return rivals
      .filter((ref) => isDocumentId(ref.userId) && isDocumentId(ref.date))
      .toSorted((a, b) => (this.#positionOf(a.userId) ?? 0) - (this.#positionOf(b.userId) ?? 0));
  }

  async #usersItBeginsWith(): Promise<readonly string[]> {
    const { source, userId, signal } = this.#run;
    const prefixes: string[] = [];
    for (let place = userId.indexOf('_'); place !== -1; place = userId.indexOf('_', place + 1)) {
      const user = userId.slice(0, place);
      if (isDocumentId(user) && this.#positionOf(user) !== undefined) prefixes.push(user);
    }
    const counts = await Promise.all(prefixes.map((user) => source.countUserEntries(user, signal)));
    return prefixes.filter((_, index) => (counts[index] ?? 0) > 0);
  }

  /** The position of a user that comes before this user in the run; undefined for any other. */
  #positionOf(user: string): number | undefined {
    const { userId, userIds } = this.#run;
    // If the entries of two users can share a key, one id is a prefix of the other, and Firestore lists the shorter
    // first.
    if (userIds === undefined) return user.length < userId.length ? user.length : undefined;
    const place = userIds.indexOf(user);
    return place !== -1 && place < userIds.indexOf(userId) ? place : undefined;
  }

  /** An entry that can't be an item (too large, for example) takes no key. */
  async #keysOfStorable(found: readonly EntryRef[]): Promise<ReadonlySet<string>> {
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

import type { ListedEntry, ListedKind } from '@migrator/core';

/** Entries by kind, in the order of their arrival: each once, up to a number of each kind. */
export class ListedEntries {
  readonly #most: number;
  readonly #byKind = new Map<ListedKind, { place: number; task: string; key: string }[]>();
  #lastPlace = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(task: string, { kind, key }: ListedEntry): void {
    const entries = this.#byKind.get(kind) ?? [];
    this.#byKind.set(kind, entries);
    if (entries.length >= this.#most) return;
    if (entries.some((entry) => entry.task === task && entry.key === key)) return;
    entries.push({ place: ++this.#lastPlace, task, key });
  }

  forget(task: string): void {
    for (const [kind, entries] of this.#byKind)
      this.#byKind.set(
        kind,
        entries.filter((entry) => entry.task !== task),
      );
  }

  page({ kind, cursor = '0', limit }: { kind: ListedKind; cursor?: string; limit: number }) {
    const left = (this.#byKind.get(kind) ?? []).filter(({ place }) => place > Number(cursor));
    const page = left.slice(0, limit);
    const entries = page.map(({ task, key }) => ({ task, key }));
    return page.length === left.length ? { entries } : { entries, cursor: String(page.at(-1)?.place) };
  }
}

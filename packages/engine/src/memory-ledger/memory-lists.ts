import type { Issue, IssuePage, ListedEntry, ListedKind, ListedPage, PageRequest } from '@migrator/core';

/** The numbers of a task's issues beyond the limit, so that a reset can subtract them. */
export interface UnkeptIssues {
  /** By code. */
  unkept: Map<string, number>;
  /** The code of the task's own failure. */
  unkeptFailure?: string;
}

/**
 * An operation's issues. All are counted by code; those up to the limit are kept, oldest first. They outlive the
 * records of tasks.
 */
export class KeptIssues {
  readonly codes = new Map<string, number>();
  readonly #most: number;
  /** By order of arrival; an issue that replaces another keeps its place in the order. */
  readonly #issues = new Map<number, Issue>();
  /** The place in that order of each issue of a task, by key. */
  readonly #places = new Map<string, Map<string, number>>();
  #lastPlace = 0;

  constructor(most: number) {
    this.#most = most;
  }

  record(issue: Issue, record: UnkeptIssues): void {
    const { task, key, code } = issue;
    const held = this.#places.get(task)?.get(key);
    // A task has one failure of its own. Beyond the limit it is not known which other issues are repetitions.
    if (held === undefined) this.resolve(task, key, record);
    else add(this.codes, this.#issues.get(held)!.code, -1);
    add(this.codes, code, 1);
    if (held === undefined && this.#issues.size >= this.#most) {
      if (key === '') record.unkeptFailure = code;
      else add(record.unkept, code, 1);
      return;
    }
    const place = held ?? ++this.#lastPlace;
    this.#issues.set(place, structuredClone(issue));
    const places = this.#places.get(task) ?? new Map<string, number>();
    this.#places.set(task, places.set(key, place));
  }

  /** Removes an issue. One that was only counted has no key, except the task's own failure. */
  resolve(task: string, key: string, record: UnkeptIssues | undefined): void {
    const places = this.#places.get(task);
    const place = places?.get(key);
    if (places !== undefined && place !== undefined) {
      add(this.codes, this.#issues.get(place)!.code, -1);
      this.#issues.delete(place);
      places.delete(key);
      if (places.size === 0) this.#places.delete(task);
    } else if (key === '' && record?.unkeptFailure !== undefined) {
      add(this.codes, record.unkeptFailure, -1);
      delete record.unkeptFailure;
    }
  }

  /** Removes all of a task's issues. */
  reset(task: string, record: UnkeptIssues): void {
    for (const key of [...(this.#places.get(task)?.keys() ?? []), '']) this.resolve(task, key, record);
    for (const [code, count] of record.unkept) add(this.codes, code, -count);
    record.unkept.clear();
  }

  page(options: PageRequest & { code?: string }): IssuePage {
    const after = options.cursor === undefined ? 0 : Number(options.cursor);
    const wanted = [...this.#issues].filter(
      ([at, { code }]) => at > after && (options.code === undefined || options.code === code),
    );
    const page = wanted.slice(0, options.limit);
    const issues = page.map(([, issue]) => structuredClone(issue));
    const last = page.at(-1);
    return last === undefined || wanted.length === page.length
      ? { issues }
      : { issues, cursor: String(last[0]) };
  }

  ofTask(task: string): readonly Issue[] {
    return [...(this.#places.get(task)?.values() ?? [])].map((at) => structuredClone(this.#issues.get(at)!));
  }
}

/** Entries by kind, oldest first: each once, up to a limit for each kind. */
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

  page({ kind, cursor = '0', limit }: PageRequest & { kind: ListedKind }): ListedPage {
    const left = (this.#byKind.get(kind) ?? []).filter(({ place }) => place > Number(cursor));
    const page = left.slice(0, limit);
    const entries = page.map(({ task, key }) => ({ task, key }));
    return page.length === left.length ? { entries } : { entries, cursor: String(page.at(-1)?.place) };
  }
}

export function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}

import type { Commit, FactsChange, Issue, Operation } from '@migrator/core';

export type TaskState = 'queued' | 'running' | 'done' | 'failed';

export interface TaskRecord {
  state: TaskState;
  epoch: number;
  startsWithoutProgress: number;
  cursor?: string;
  counters: Map<string, number>;
  /** Issues beyond the cap, by code. They are counted for each task, so that a reset can take them back. */
  unkept: Map<string, number>;
  /** Code of the task's own failure, if that came beyond the cap. */
  unkeptFailure?: string;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** All that the ledger in memory holds of one operation. */
export interface OperationRecord {
  operation: Mutable<Omit<Operation, 'listing' | 'tasks' | 'totals' | 'codes' | 'facts'>>;
  listing: { cursor?: string; done: boolean };
  listed: number;
  completed: number;
  failed: number;
  totals: Map<string, number>;
  codes: Map<string, number>;
  facts: Map<string, unknown>;
  tasks: Map<string, TaskRecord>;
  /** By place in the order of arrival; an issue that replaces another takes over its place. */
  issues: Map<number, Issue>;
  lastIssue: number;
  /** Where the issues of a task stand, by their keys. They outlive the tasks' records. */
  places: Map<string, Map<string, number>>;
}

/** An issue that was only counted can't be found by its key, the task's own failure excepted. */
export function resolveIssue(book: OperationRecord, task: string, key: string): void {
  const places = book.places.get(task);
  const place = places?.get(key);
  const record = book.tasks.get(task);
  if (places !== undefined && place !== undefined) {
    add(book.codes, book.issues.get(place)!.code, -1);
    book.issues.delete(place);
    places.delete(key);
    if (places.size === 0) book.places.delete(task);
  } else if (key === '' && record?.unkeptFailure !== undefined) {
    add(book.codes, record.unkeptFailure, -1);
    delete record.unkeptFailure;
  }
}

export function isAsExpected(
  record: TaskRecord,
  { cursor, counters }: NonNullable<Commit['expected']>,
): boolean {
  if (record.cursor !== cursor) return false;
  const names = new Set([...record.counters.keys(), ...Object.keys(counters)]);
  return [...names].every((name) => (record.counters.get(name) ?? 0) === (counters[name] ?? 0));
}

export function recordOf(book: OperationRecord, task: string): TaskRecord {
  let record = book.tasks.get(task);
  if (record === undefined) {
    record = {
      state: 'queued',
      epoch: 0,
      startsWithoutProgress: 0,
      counters: new Map(),
      unkept: new Map(),
    };
    book.tasks.set(task, record);
    book.listed++;
  }
  return record;
}

export function mergeFacts({ facts }: OperationRecord, change: FactsChange = {}): void {
  for (const [name, value] of Object.entries(change)) {
    if (value === null) facts.delete(name);
    else if (value !== undefined) facts.set(name, structuredClone(value));
  }
}

export function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}

export function withoutZeros(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count !== 0));
}

export function snapshot(book: OperationRecord): Operation {
  const { listed, completed, failed } = book;
  return structuredClone({
    ...book.operation,
    listing: book.listing,
    tasks: { listed, completed, failed },
    totals: withoutZeros(book.totals),
    codes: withoutZeros(book.codes),
    facts: Object.fromEntries(book.facts),
  });
}

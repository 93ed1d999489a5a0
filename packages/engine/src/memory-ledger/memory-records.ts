import {
  type Commit,
  type CoordinatorStateChange,
  greatestStays,
  type Operation,
  leasesOutstanding,
  type TaskState,
} from '@migrator/core';

import type { KeptIssues, ListedEntries, UnkeptIssues } from './memory-lists.ts';

export interface TaskRecord extends UnkeptIssues {
  state: TaskState;
  epoch: number;
  startsWithoutProgress: number;
  cursor?: string;
  counters: Map<string, number>;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The record of one operation in the memory ledger. */
export interface OperationRecord {
  operation: Mutable<Omit<Operation, 'listing' | 'tasks' | 'totals' | 'codes' | 'coordinatorState'>>;
  listing: { cursor?: string; done: boolean };
  listed: number;
  completed: number;
  failed: number;
  totals: Map<string, number>;
  coordinatorState: Map<string, unknown>;
  tasks: Map<string, TaskRecord>;
  issues: KeptIssues;
  entryLists: ListedEntries;
}

export function isAsExpected(
  record: TaskRecord,
  { cursor, counters }: NonNullable<Commit['expected']>,
): boolean {
  if (record.cursor !== cursor) return false;
  const names = new Set([...record.counters.keys(), ...Object.keys(counters)]);
  return [...names].every((name) => (record.counters.get(name) ?? 0) === (counters[name] ?? 0));
}

export function recordOf(kept: OperationRecord, task: string): TaskRecord {
  let record = kept.tasks.get(task);
  if (record === undefined) {
    record = {
      state: 'queued',
      epoch: 0,
      startsWithoutProgress: 0,
      counters: new Map(),
      unkept: new Map(),
    };
    kept.tasks.set(task, record);
    kept.listed++;
  }
  return record;
}

export function mergeCoordinatorState(
  { coordinatorState }: OperationRecord,
  change: CoordinatorStateChange = {},
): void {
  for (const [name, value] of Object.entries(change)) {
    const known = JSON.stringify(coordinatorState.get(name)) ?? '';
    if (greatestStays.has(name) && known > JSON.stringify(value)) continue;
    if (value === null) coordinatorState.delete(name);
    else if (value !== undefined) coordinatorState.set(name, structuredClone(value));
  }
}

export function withoutZeros(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count !== 0));
}

export function snapshot(kept: OperationRecord): Operation {
  const { listed, completed, failed } = kept;
  return structuredClone({
    ...kept.operation,
    listing: kept.listing,
    tasks: { listed, completed, failed },
    totals: withoutZeros(kept.totals),
    codes: withoutZeros(kept.issues.codes),
    coordinatorState: Object.fromEntries(kept.coordinatorState),
  });
}

/** The leases that the memory ledger has granted, with their expiry. */
export class OutstandingLeases {
  readonly #leaseMs: number;
  readonly #ends = new Map<string, number>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Grants or renews a lease. */
  grant(id: string, task: string, epoch: number): void {
    this.#ends.set(nameOf(id, task, epoch), performance.now() + this.#leaseMs);
  }

  release(id: string, task: string, epoch: number): void {
    this.#ends.delete(nameOf(id, task, epoch));
  }

  requireNone(): void {
    const now = performance.now();
    for (const [name, end] of this.#ends) if (end <= now) this.#ends.delete(name);
    if (this.#ends.size > 0) throw leasesOutstanding(this.#ends.size, Math.max(...this.#ends.values()) - now);
  }
}

function nameOf(id: string, task: string, epoch: number): string {
  return `${id}|${epoch}|${task}`;
}

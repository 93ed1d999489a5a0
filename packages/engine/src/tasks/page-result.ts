import type { Issue, Lease, ListedEntry } from '@migrator/core';

/** What one page of a task's work came to; committed as one step. */
export interface PageResult {
  readonly deltas: Readonly<Record<string, number>>;
  /** Where to go on; absent: where it was. */
  readonly cursor?: string;
  readonly issues?: readonly Issue[];
  readonly listed?: readonly ListedEntry[];
  readonly resolved?: readonly string[];
  /** Before all of this: the task's counters are taken back, to go through it again from the beginning. */
  readonly reset?: true;
  /** True with the task's last page. */
  readonly last: boolean;
}

/** A task's work: pages, one after another. It yields what it has when it is interrupted, then throws. */
export type TaskWork = AsyncGenerator<PageResult, void, void>;

/** Where a start of a task's work begins. */
export interface TaskStart {
  readonly task: string;
  readonly epoch: number;
  readonly cursor?: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  /** Without which nothing is written. */
  readonly lease: Lease;
}

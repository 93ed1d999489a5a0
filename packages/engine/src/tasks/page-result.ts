import type { Issue, Lease, ListedEntry } from '@migrator/core';

/** The result of one page of a task; committed in one step. */
export interface PageResult {
  readonly deltas: Readonly<Record<string, number>>;
  /** The new cursor; absent: unchanged. */
  readonly cursor?: string;
  readonly issues?: readonly Issue[];
  readonly listed?: readonly ListedEntry[];
  readonly resolved?: readonly string[];
  /** First resets the task: subtracts its counters, to restart from the beginning. */
  readonly reset?: true;
  /** Whether this is the task's last page. */
  readonly last: boolean;
}

/** A task's pages, one after another. When interrupted it first yields the page so far, then throws. */
export type TaskWork = AsyncGenerator<PageResult, void, void>;

/** The state in which an attempt begins. */
export interface TaskStart {
  readonly task: string;
  readonly epoch: number;
  readonly cursor?: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  /** Required for each write. */
  readonly lease: Lease;
}

import type { Binding, CollectionNames, Dispatcher, Ledger, Prices, Source, Target } from '@migrator/core';

import type { AdaptiveConcurrencyLimit } from './throttle/adaptive-concurrency-limit.ts';

export interface EngineSettings {
  /** User ids and what is in entries stay out of jobs, logs and answers. */
  readonly hideUserData?: boolean;
  readonly names: CollectionNames;
  readonly oversize: 'fail' | 'gzip';
  /** Entries and bytes that one page holds at most; a user's job holds two pages at a time. */
  readonly pageEntries: number;
  readonly pageBytes: number;
  /** How many users are listed ahead of the work. */
  readonly usersAhead: number;
  readonly usersPage: number;
  /** Into how many segments the table is cut for scans. */
  readonly segments: number;
  /** For the cost that a dry run predicts. */
  readonly prices: Prices;
}

export const defaultPaging = {
  pageEntries: 300,
  pageBytes: 2 * 1024 * 1024,
  usersAhead: 1_000,
  usersPage: 250,
  segments: 8,
} as const satisfies Partial<EngineSettings>;

/** What the tasks of a process use. */
export interface EngineContext {
  readonly source: Source;
  readonly target: Target;
  readonly ledger: Ledger;
  /** What this process reads and writes, as far as it is known by now. */
  readonly binding: () => Promise<Binding>;
  readonly settings: EngineSettings;
  /** How many entries this process writes at once; shared by its tasks. The target's throttling lowers it. */
  readonly writeLimit: AdaptiveConcurrencyLimit;
}

/** What a coordinator, and what starts and controls operations, use. */
export interface CoordinatorContext extends Omit<EngineContext, 'writeLimit'> {
  readonly dispatcher: Dispatcher;
  readonly now: () => Date;
}

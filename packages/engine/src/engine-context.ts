import type { Binding, CollectionNames, Dispatcher, Ledger, Prices, Source, Target } from '@migrator/core';

import type { AdaptiveConcurrencyLimit } from './throttle/adaptive-concurrency-limit.ts';

export interface EngineSettings {
  /** Keep user ids and contents of entries out of jobs, logs and responses. */
  readonly hideUserData?: boolean;
  readonly names: CollectionNames;
  readonly oversize: 'fail' | 'gzip';
  /** Entries and bytes that one page holds at most; a user's job holds two pages at a time. */
  readonly pageEntries: number;
  readonly pageBytes: number;
  /** How many users are listed ahead of the work. */
  readonly usersAhead: number;
  readonly usersPage: number;
  /** The number of segments of a parallel scan. */
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

/** The context of the tasks of a process. */
export interface EngineContext {
  readonly source: Source;
  readonly target: Target;
  readonly ledger: Ledger;
  /** The binding of this process; the account may still be unknown. */
  readonly binding: () => Promise<Binding>;
  readonly settings: EngineSettings;
  /** The limit of concurrent writes, shared by all tasks of this process. Throttling lowers it. */
  readonly writeLimit: AdaptiveConcurrencyLimit;
}

/** The context of a coordinator, and of starting and controlling operations. */
export interface CoordinatorContext extends Omit<EngineContext, 'writeLimit'> {
  readonly dispatcher: Dispatcher;
  readonly now: () => Date;
}

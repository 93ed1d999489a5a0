import type { ErrorCode } from '../error-codes.ts';
import type { Binding } from './binding.ts';

/** `prune` is the part of a migration that removes owned items whose entry was deleted. */
export const operationKinds = ['migration', 'verification', 'rollback', 'prune'] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = [
  'running',
  'completed',
  'completed-with-failures',
  'failed',
  'cancelled',
] as const;
export type OperationState = (typeof operationStates)[number];

export const operationPhases = ['listing', 'migrating', 'verifying', 'rolling-back'] as const;
export type OperationPhase = (typeof operationPhases)[number];

/** The control that an operator has set on a running operation. */
export const controls = ['run', 'pause', 'cancel'] as const;
export type Control = (typeof controls)[number];

export interface MigrationRequest {
  readonly kind: 'migration';
  readonly dryRun: boolean;
  /** Only these users; absent: all. */
  readonly userIds?: readonly string[];
  /** End with a verification. */
  readonly verify: boolean;
  /** Remove owned items whose entry was deleted. */
  readonly prune: boolean;
  /** The number of items that the prune may remove; required if that is large (prune-limits.ts). */
  readonly pruneCount?: number;
  /** A run that finds no entry is no error. */
  readonly allowEmpty?: boolean;
}

export interface VerificationRequest {
  readonly kind: 'verification';
  readonly mode: 'full' | 'count';
  readonly userIds?: readonly string[];
}

export interface RollbackRequest {
  readonly kind: 'rollback';
  readonly dryRun: boolean;
  /** Only items of this run; absent: of all. */
  readonly migrationId?: string;
}

export interface PruneRequest {
  readonly kind: 'prune';
  /** Counts what is to be removed, and removes nothing. */
  readonly dryRun: boolean;
  readonly userIds?: readonly string[];
  /** How many items may be removed at most: as many as were counted. Absent where nothing is removed. */
  readonly limit?: number;
  /** Every item is listed, not only counted. */
  readonly list: boolean;
}

export type OperationRequest = MigrationRequest | VerificationRequest | RollbackRequest | PruneRequest;

/** Data that no run copies, found in a sample of entries; or why the sample failed. */
export type SubcollectionSample =
  | {
      readonly sampledUsers: number;
      readonly sampledEntries: number;
      readonly entriesWithSubcollections: number;
      readonly parentsWithoutDocument: number;
      readonly examples: readonly string[];
    }
  | { readonly failed: string };

/** The coordinator's state between its rounds. A later value replaces an earlier one. */
export interface CoordinatorState {
  /** Set after the preparation, so that it is not done twice. */
  readonly prepared?: boolean;
  /** The number of entries to process, for percent and ETA; absent if it could not be counted. */
  readonly totalEntries?: number;
  /** Whether the table already held items: then each entry's item is read before it is written. */
  readonly readFirst?: boolean;
  /** Why entries are written one by one; absent: in batches. */
  readonly oneByOne?: string;
  /** Users without a document of their own. */
  readonly missingUsers?: number;
  /** A retry of failed users is in progress: only this user, only those with this code, or all. */
  readonly retry?: { readonly userId?: string; readonly code?: string };
  readonly subcollections?: SubcollectionSample;
  /** The part that counts the items to prune, later the one that removes them. */
  readonly pruneId?: string;
  /** The reason why nothing was pruned. */
  readonly pruneRefused?: string;
  /** All parts whose items the run's report counts as pruned: one for each end of the run. */
  readonly prunedBy?: readonly string[];
  readonly verificationId?: string;
  /** The rollback of this run; its jobs can't be retried. */
  readonly rolledBackBy?: string;
  /** The newest `migratedAt` of an item that is later than the run's own start. */
  readonly newestSeen?: string;
  /** Entries a second, smoothed; the time and count of the last computation; since when the count is unchanged. */
  readonly rate?: {
    readonly perSecond: number;
    readonly at: number;
    readonly processed: number;
    readonly movedAt?: number;
  };
  /** The last outage of a task, and when (milliseconds since 1970). The task is retried automatically. */
  readonly outage?: { readonly reason: string; readonly at: number };
  /** Why the operation makes no progress at the moment. It is retried automatically. */
  readonly lastError?: string;
  /**
   * The queue's pause as the supervisor last set or read it. If the queue differs, an operator has changed it there.
   */
  readonly queuePaused?: boolean;
  /** Why the run's marker could not be written to the table; for a rollback, why the markers could not be read. */
  readonly markerError?: string;
  /** Random key of a verification's set digest, so that ids can't be chosen to give a certain sum. */
  readonly setKey?: string;
}

/** A change of the coordinator's state. Absent or undefined keys stay as they are; null deletes a key. */
export type CoordinatorStateChange = {
  readonly [Key in keyof CoordinatorState]?: CoordinatorState[Key] | null | undefined;
};

/** Keys of which the ledger keeps the greatest value, because tasks of many processes write them concurrently. */
export const greatestStays: ReadonlySet<string> = new Set([
  'newestSeen',
] satisfies (keyof CoordinatorState)[]);

/** State of one pass over a run, deleted when a retry reopens the run. */
export const stateResetOnRetry = [
  'pruneId',
  'pruneRefused',
  'verificationId',
  'retry',
  'lastError',
  'outage',
  'rate',
  'markerError',
] as const satisfies readonly (keyof CoordinatorState)[];

/** The first phase of each kind. */
export const firstPhases: Readonly<Record<OperationKind, OperationPhase>> = {
  migration: 'listing',
  verification: 'verifying',
  rollback: 'rolling-back',
  prune: 'migrating',
};

/** A migration, verification or rollback as the ledger keeps it. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly request: OperationRequest;
  /** Source, target and settings. A part has its parent's. */
  readonly binding: Binding;
  /** The operation this one is a part of: a run's own verification. It holds the operation lock for both. */
  readonly parent?: string;
  readonly state: OperationState;
  readonly phase: OperationPhase;
  readonly control: Control;
  /** The reason why it is paused or has failed. */
  readonly reason?: string;
  /** ISO 8601 in UTC, three digits; for a migration this is `migratedAt`. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly listing: { readonly cursor?: string; readonly done: boolean };
  readonly tasks: { readonly listed: number; readonly completed: number; readonly failed: number };
  /** Sums of the tasks' counters by name (counters.ts). */
  readonly totals: Readonly<Record<string, number>>;
  /** Issues by code; all are counted, whether they are kept or not. */
  readonly codes: Readonly<Record<string, number>>;
  readonly coordinatorState: CoordinatorState;
}

/** A failed entry, a failed user, or a difference that a verification found. */
export interface Issue {
  /** The task that found it. */
  readonly task: string;
  /** Unique within the task: the document id or the item's key; empty where the task as a whole failed. */
  readonly key: string;
  /** A failure's ErrorCode, or a verification's kind of issue. */
  readonly code: string;
  readonly detail: IssueDetail;
}

export interface IssueDetail {
  readonly path?: string;
  readonly message?: string;
  readonly attempts?: number;
  readonly dateKey?: string;
  readonly fields?: readonly { readonly at: string; readonly expected?: string; readonly actual?: string }[];
}

/** The issue of a failure. */
export function failureIssue(
  task: string,
  key: string,
  failure: { code: ErrorCode; path: string; message: string; attempts: number },
): Issue {
  const { code, path, message, attempts } = failure;
  return { task, key, code, detail: { path, message, attempts } };
}

/**
 * The kinds of entries that a run lists in addition to its failures. The order is part of the record format: add at
 * the end only.
 */
export const listedKinds = ['encoded-as-text', 'unexpected-type', 'conflict', 'newer'] as const;
export type ListedKind = (typeof listedKinds)[number];

/** An entry that is listed: its task's user, and its date as the key. */
export interface ListedEntry {
  readonly kind: ListedKind;
  readonly key: string;
}

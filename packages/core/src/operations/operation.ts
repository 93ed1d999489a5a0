import type { ErrorCode } from '../error-codes.ts';
import type { Binding } from './binding.ts';

/** `prune` is the part of a migration that removes owned items whose entry is gone. */
export type OperationKind = 'migration' | 'verification' | 'rollback' | 'prune';

export type OperationState = 'running' | 'completed' | 'completed-with-failures' | 'failed' | 'cancelled';

export type OperationPhase = 'listing' | 'migrating' | 'verifying' | 'rolling-back';

/** What a person asked of a running operation. */
export type Control = 'run' | 'pause' | 'cancel';

export interface MigrationRequest {
  readonly kind: 'migration';
  readonly dryRun: boolean;
  /** Only these users; absent: all. */
  readonly userIds?: readonly string[];
  /** End with a verification. */
  readonly verify: boolean;
  /** Remove owned items whose entry is gone. */
  readonly prune: boolean;
  /** How many items the prune may find; asked for where it would remove many (prune-limits.ts). */
  readonly pruneCount?: number;
  /** A run that meets no entry is no error. */
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

/** What looking at a few entries has shown that no run copies, or why they could not be looked at. */
export type SubcollectionSample =
  | {
      readonly sampledUsers: number;
      readonly sampledEntries: number;
      readonly entriesWithSubcollections: number;
      readonly parentsWithoutDocument: number;
      readonly examples: readonly string[];
    }
  | { readonly failed: string };

/** What the coordinator has found out and goes on from in its next round; later values win. */
export interface CoordinatorState {
  /** Set once preparation is over, so that a coordinator that comes back does not prepare twice. */
  readonly prepared?: boolean;
  /** Entries to go through, for percent and ETA; absent when the source could not say. */
  readonly totalEntries?: number;
  /** Whether the table already held items, so that reading before writing pays. */
  readonly readFirst?: boolean;
  /** Why entries are written one by one; absent: in batches. */
  readonly oneByOne?: string;
  /** Users without a document of their own. */
  readonly missingUsers?: number;
  /** A retry is going through the failed users, of which these are wanted. */
  readonly retry?: { readonly userId?: string; readonly code?: string };
  readonly subcollections?: SubcollectionSample;
  /** The part that counts what is to be pruned, or after it the one that removes it. */
  readonly pruneId?: string;
  /** Why nothing was pruned. */
  readonly pruneRefused?: string;
  /** All parts whose items the run's report counts as pruned: one for each end of the run. */
  readonly prunedBy?: readonly string[];
  readonly verificationId?: string;
  /** The rollback that took this run back: its jobs can't be retried. */
  readonly rolledBackBy?: string;
  /** The newest `migratedAt` that the run has met on an item and that is after its own start. */
  readonly newestSeen?: string;
  /** Entries a second, smoothed, the moment and count it was last computed from, and since when that count stands. */
  readonly rate?: {
    readonly perSecond: number;
    readonly at: number;
    readonly processed: number;
    readonly movedAt?: number;
  };
  /** What a task could not get past, and when (milliseconds); it tries again by itself. */
  readonly outage?: { readonly reason: string; readonly at: number };
  /** Why it can't get on at the moment; it tries again by itself. */
  readonly lastError?: string;
  /** The queue's pause as it was last set or seen by us: where the queue differs, a person has changed it there. */
  readonly queuePaused?: boolean;
  /** Why the table can't keep what became of the run; of a rollback, why it is not known what it keeps. */
  readonly markerError?: string;
  /** Of a verification by fields: what can't be known beforehand, so that no ids can be made to have a certain sum. */
  readonly setKey?: string;
}

/** What to write down. Keys that are absent or undefined stay as they are; null deletes a key. */
export type CoordinatorStateChange = {
  readonly [Key in keyof CoordinatorState]?: CoordinatorState[Key] | null | undefined;
};

/** Keys whose greatest value stays: tasks of many processes report them at once. */
export const greatestStays: ReadonlySet<string> = new Set([
  'newestSeen',
] satisfies (keyof CoordinatorState)[]);

/** State of one pass over a run, deleted when a retry takes the run up again. */
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

/** Where each kind begins. */
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
  /** What it reads and writes. A part has its parent's. */
  readonly binding: Binding;
  /** The operation this one is a part of: a run's own verification. It holds the operation lock for both. */
  readonly parent?: string;
  readonly state: OperationState;
  readonly phase: OperationPhase;
  readonly control: Control;
  /** Why it is paused or has failed. */
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

/** A failure's detail, in the form every reader relies on. */
export function failureIssue(
  task: string,
  key: string,
  failure: { code: ErrorCode; path: string; message: string; attempts: number },
): Issue {
  const { code, path, message, attempts } = failure;
  return { task, key, code, detail: { path, message, attempts } };
}

/** Of which entries of a run there is a list beside its failures. The order is that of the ledger's records: add at the end. */
export const listedKinds = ['encoded-as-text', 'unexpected-type', 'conflict', 'newer'] as const;
export type ListedKind = (typeof listedKinds)[number];

/** An entry that is listed: its task's user, and its date as the key. */
export interface ListedEntry {
  readonly kind: ListedKind;
  readonly key: string;
}

import type { Binding } from '../operations/binding.ts';
import type {
  Control,
  CoordinatorState,
  CoordinatorStateChange,
  Issue,
  ListedEntry,
  ListedKind,
  Operation,
  OperationKind,
  OperationPhase,
  OperationRequest,
  OperationState,
} from '../operations/operation.ts';

export type OpenResult =
  | { readonly opened: true; readonly operation: Operation }
  /** Another operation holds the operation lock. */
  | { readonly opened: false; readonly current: Operation };

export interface OpenOptions {
  readonly now: Date;
  /** Source, target and settings; a part has its parent's. */
  readonly binding: Binding;
  readonly parent?: string;
}

/** Which failed tasks to retry. */
export type RetryRequest = NonNullable<CoordinatorState['retry']>;

export interface OperationChange {
  readonly phase?: OperationPhase;
  readonly coordinatorState?: CoordinatorStateChange;
}

export interface OperationEnd {
  readonly state: Exclude<OperationState, 'running'>;
  readonly now: Date;
  readonly reason?: string;
}

export interface PageRequest {
  readonly cursor?: string;
  readonly limit: number;
}

export interface OperationPage {
  readonly operations: readonly Operation[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** The progress of a listing. */
export interface ListingChange {
  readonly cursor?: string;
  readonly done: boolean;
  readonly coordinatorState?: CoordinatorStateChange;
  /** Compare-and-set: the listing that the caller has read. */
  readonly expected?: { readonly cursor?: string };
}

export interface StartOptions {
  /** What this process is configured for. If the operation has another binding, the task does not start. */
  readonly binding: Binding;
  /** The job is retried, possibly by an operator: this may reopen a completed run. */
  readonly reopen?: boolean;
  /** No other task runs in this process. */
  readonly isolated?: boolean;
}

/** Why a task does not start. */
export const startRefusals = [
  'done',
  /** After too many starts without a commit it may be the cause of crashes: it starts `isolated` only. */
  'quarantined',
  'paused',
  'cancelled',
  /** The operation has ended and may not be reopened. */
  'closed',
  'rolled-back',
  /** The operation is bound to another source, target or settings than this process. */
  'other-binding',
  /** Another operation holds the operation lock. */
  'not-current',
  'unknown-operation',
] as const;

export type StartResult =
  | {
      readonly started: true;
      /** The operation after this start. */
      readonly operation: Operation;
      /** Each commit of this attempt carries it; a newer attempt makes it stale. */
      readonly epoch: number;
      /** The cursor of the last commit; absent at the beginning. */
      readonly cursor?: string;
      readonly counters: Readonly<Record<string, number>>;
      /** Attempts since the last commit, this one included. */
      readonly startsWithoutProgress: number;
    }
  | {
      readonly started: false;
      readonly why: (typeof startRefusals)[number];
      /** The id of the operation that holds the lock, or that rolled the run back. */
      readonly by?: string;
    };

export type TaskState = 'queued' | 'running' | 'done' | 'failed';

/** One attempt at a task. */
export interface AttemptRef {
  readonly task: string;
  readonly epoch: number;
}

export interface Commit {
  readonly epoch: number;
  /**
   * Compare-and-set: the task's record as of this attempt's last commit. After a failover the new primary may lack
   * the last commits, and a page must not be counted after a gap. Absent: not compared.
   */
  readonly expected?: { readonly cursor?: string; readonly counters: Readonly<Record<string, number>> };
  /** `running`: a page is done; `queued`: returned to the queue; `done` and `failed`: ended. */
  readonly state: TaskState;
  readonly cursor?: string;
  readonly deltas: Readonly<Record<string, number>>;
  readonly issues?: readonly Issue[];
  /** Entries for the lists by kind: each once, the first `maxKeptIssues` of a kind. Only a reset removes them. */
  readonly listed?: readonly ListedEntry[];
  /** Keys of this task's issues that are resolved. */
  readonly resolved?: readonly string[];
}

/**
 * `stale`: nothing was recorded, because a newer attempt has started, this one has ended, or the operation has ended.
 * `missing`: nothing was recorded, because the ledger has lost the operation, this attempt or one of its commits;
 * start the task again. Else it was recorded, and this is the control to obey: the operation's, or for a part also
 * its parent's.
 */
export type CommitResult = Control | 'stale' | 'missing';

export interface TaskProgress {
  readonly state: TaskState;
  readonly counters: Readonly<Record<string, number>>;
}

export interface TaskPage {
  readonly tasks: readonly string[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

export interface ListedPage {
  readonly entries: readonly { readonly task: string; readonly key: string }[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

export interface IssuePage {
  readonly issues: readonly Issue[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/**
 * How many issues of an operation are kept; all are counted. An issue beyond the limit has no stored key: `resolved`
 * does not remove it (except the task's own failure, with the empty key), and it is counted again when found again. A
 * reset of its task removes it.
 */
export const maxKeptIssues = 10_000;

/**
 * After this many starts without a commit a task is quarantined, because it may crash its process. The next start has
 * to be `isolated`. If that one makes no commit either, the task fails as POISONED.
 */
export const quarantineAfterStarts = 3;

/**
 * The ledger. Every method is one atomic step. The totals of an operation always equal the sums of its tasks'
 * counters, because a commit changes both or neither. For an unknown id, methods without a result for that case
 * reject with `NOT_FOUND`.
 */
export interface Ledger {
  /**
   * Opens an operation, unless one is running. Its start is `now`, or a millisecond after the last start if that is
   * later, so that ids and `migratedAt` always increase. A part (with `parent`) does not take the operation lock.
   */
  open(request: OperationRequest, options: OpenOptions): Promise<OpenResult>;
  /**
   * Reopens a closed migration, unless an operation is running, to retry its failed tasks: sets
   * `coordinatorState.retry` and restarts the listing. Rejects with `ROLLED_BACK` for a run that was rolled back,
   * with `NOT_FOUND` for other kinds.
   */
  reopen(id: string, retry: RetryRequest): Promise<OpenResult>;
  get(id: string): Promise<Operation | undefined>;
  /** The operation that holds the operation lock. */
  current(): Promise<Operation | undefined>;
  /** Newest first. */
  list(kind: OperationKind, page: PageRequest): Promise<OperationPage>;
  update(id: string, change: OperationChange): Promise<void>;
  /**
   * Ends the operation and releases the operation lock. Only the first call has an effect. Deletes the records of
   * tasks, except a migration's; issues stay. Without a reason it keeps the one of a pause or cancel, unless the
   * operation completed. Rejects with LEASES_OUTSTANDING while an attempt may still write, so that nothing is written
   * after the end.
   */
  close(id: string, end: OperationEnd): Promise<void>;
  /**
   * The last control wins, but a cancel is final. `run` clears the reason. Does nothing for an operation that has
   * ended.
   */
  control(id: string, control: Control, reason?: string): Promise<void>;
  /**
   * Prevents further attempts of the migration with this id, or of all migrations into the table of this binding.
   * Ignores an unknown id.
   */
  markRolledBack(rollbackId: string, which: string | Binding): Promise<void>;
  /** Rejects with LEASES_OUTSTANDING while an attempt of any operation may still write. */
  requireNoLeases(): Promise<void>;

  /**
   * Records new tasks and the progress of the listing. Does nothing for an operation that has ended. Returns
   * `missing`, and changes nothing, if the listing is not the expected one.
   */
  addTasks(id: string, tasks: readonly string[], listing: ListingChange): Promise<'added' | 'missing'>;
  /**
   * Starts an attempt with a new epoch and a lease. The lease lasts until `leaseMs.ledger` after the last
   * confirmation, or until a commit ends the attempt. The lease of an attempt that a newer one replaces lasts until
   * it expires.
   */
  startTask(id: string, task: string, options: StartOptions): Promise<StartResult>;
  commit(id: string, task: string, commit: Commit): Promise<CommitResult>;
  /** The result that a commit of each of these attempts would have. Renews the leases of those that may continue. */
  checkAttempts(id: string, attempts: readonly AttemptRef[]): Promise<readonly CommitResult[]>;
  /** Subtracts a task's counters from the totals and deletes its issues, to restart it from the beginning. */
  resetTask(id: string, task: string, epoch: number): Promise<CommitResult>;
  /** Sets those of the tasks that have failed to `queued`; returns them. */
  requeueFailed(id: string, tasks: readonly string[]): Promise<readonly string[]>;
  /** Pages of the tasks in the given states, in no particular order. A page may be empty though more follow. */
  listTasks(id: string, options: { states: readonly TaskState[]; cursor?: string }): Promise<TaskPage>;

  /**
   * A task's state and counters. Undefined if it is not listed, or if its run is so old that the record was deleted.
   */
  readTask(id: string, task: string): Promise<TaskProgress | undefined>;

  /** A page of the entries of one kind, oldest first. */
  listed(id: string, page: PageRequest & { readonly kind: ListedKind }): Promise<ListedPage>;
  issues(id: string, page: PageRequest & { readonly code?: string }): Promise<IssuePage>;
  /** The kept issues of one task. */
  taskIssues(id: string, task: string): Promise<readonly Issue[]>;
}

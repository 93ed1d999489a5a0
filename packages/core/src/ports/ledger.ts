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
  /** Another one holds the operation lock. */
  | { readonly opened: false; readonly current: Operation };

export interface OpenOptions {
  readonly now: Date;
  /** What it reads and writes; a part has its parent's. */
  readonly binding: Binding;
  readonly parent?: string;
}

/** Which failed tasks a retry goes through. */
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

/** How far a listing has come. */
export interface ListingChange {
  readonly cursor?: string;
  readonly done: boolean;
  readonly coordinatorState?: CoordinatorStateChange;
  /** The listing as the caller knows it. */
  readonly expected?: { readonly cursor?: string };
}

export interface StartOptions {
  /** What this process reads and writes; where the operation's is another nothing starts. */
  readonly binding: Binding;
  /** A person retried the job by hand, which may take a closed run up again. */
  readonly reopen?: boolean;
  /** Nothing else is worked on in this process. */
  readonly isolated?: boolean;
}

export type StartResult =
  | {
      readonly started: true;
      /** As it is with this start. */
      readonly operation: Operation;
      /** Every commit of this start carries it; a newer start makes it stale. */
      readonly epoch: number;
      /** Where the last commit left off, absent at the beginning. */
      readonly cursor?: string;
      readonly counters: Readonly<Record<string, number>>;
      /** Starts since the last commit, this one included. */
      readonly startsWithoutProgress: number;
    }
  | {
      readonly started: false;
      readonly why:
        | 'done'
        /** So many starts came to nothing that it may be what ends its process: it starts `isolated` only. */
        | 'quarantined'
        | 'paused'
        | 'cancelled'
        /** The operation is over (and was not to be reopened). */
        | 'closed'
        | 'rolled-back'
        /** The operation is bound to another source or target, or to other settings, than this process. */
        | 'other-binding'
        /** Another operation holds the operation lock. */
        | 'not-current'
        | 'unknown-operation';
      /** What holds the operation lock, or what rolled the run back. */
      readonly by?: string;
    };

export type TaskState = 'queued' | 'running' | 'done' | 'failed';

/** One start of a task. */
export interface AttemptRef {
  readonly task: string;
  readonly epoch: number;
}

export interface Commit {
  readonly epoch: number;
  /**
   * The task's record as this start knows it, compared in the same step: a Redis that takes another one's place may lack the
   * newest commits, and the next page must not be counted behind a gap. Absent: it may hold anything.
   */
  readonly expected?: { readonly cursor?: string; readonly counters: Readonly<Record<string, number>> };
  /** `running`: a page is done; `queued`: handed back; `done` and `failed`: ended. */
  readonly state: TaskState;
  readonly cursor?: string;
  readonly deltas: Readonly<Record<string, number>>;
  readonly issues?: readonly Issue[];
  /** Entries for the lists by kind: each once, the first `maxKeptIssues` of a kind. Only a reset takes them back. */
  readonly listed?: readonly ListedEntry[];
  /** Keys of this task's issues that are none any more. */
  readonly resolved?: readonly string[];
}

/**
 * `stale`: nothing was recorded, because a newer start of the task has taken over, this one has ended or handed back
 * already, or the operation is over. `missing`: nothing was recorded, because the ledger lacks what it once had, be it the
 * operation, this start or a commit of it: to be started again. Else the control to heed, of a part also its parent's.
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
 * How many issues of an operation are kept; all are counted. One that is not kept can't be told from another by its key:
 * `resolved` does not take it back (the task's own failure, with the empty key, excepted), and it counts again when it is
 * found again. A reset of its task takes it back.
 */
export const maxKeptIssues = 10_000;

/**
 * After so many starts without a commit a task is suspected of taking its process down, and others with it. The next
 * start has to be `isolated`; one that comes to nothing as well is proof.
 */
export const quarantineAfterStarts = 3;

/**
 * The ledger. Every method is one atomic step. Totals of an operation are at any moment the sums of its tasks'
 * counters, because a commit moves both or neither. Where an id is unknown, methods that don't say so in their result
 * reject with `NOT_FOUND`.
 */
export interface Ledger {
  /**
   * Opens an operation, unless one is running. Its start is `now`, or a millisecond after the last start if that is
   * later, so that ids and provenances always grow. A part (with `parent`) needs no free operation lock.
   */
  open(request: OperationRequest, options: OpenOptions): Promise<OpenResult>;
  /**
   * Takes a closed migration up again, unless an operation is running, to go through its failed tasks: the state `retry`
   * is set and the listing starts over. Rejects with `ROLLED_BACK` where it was, with `NOT_FOUND` for other kinds.
   */
  reopen(id: string, retry: RetryRequest): Promise<OpenResult>;
  get(id: string): Promise<Operation | undefined>;
  /** The operation that holds the operation lock. */
  current(): Promise<Operation | undefined>;
  /** Newest first. */
  list(kind: OperationKind, page: PageRequest): Promise<OperationPage>;
  update(id: string, change: OperationChange): Promise<void>;
  /**
   * Ends it and frees the operation lock. Of several calls the first counts. The records of tasks go, except a migration's; issues
   * stay. The reason of a control stays too if there is no other one, unless it has completed. Rejects with
   * LEASES_OUTSTANDING while some attempt may still write: after the end nothing does.
   */
  close(id: string, end: OperationEnd): Promise<void>;
  /** What was asked last holds, but for a cancel, which is final. `run` clears the reason. Changes nothing that is over. */
  control(id: string, control: Control, reason?: string): Promise<void>;
  /**
   * Jobs of the given migrations can't start any more: of the one with this id, or of all that write to the table of this
   * binding. One that is unknown is passed over.
   */
  markRolledBack(rollbackId: string, which: string | Binding): Promise<void>;
  /** Rejects with LEASES_OUTSTANDING while an attempt of any operation may still write. */
  requireNoLeases(): Promise<void>;

  /**
   * Records tasks as listed (those not known yet) and how far the listing has come. Too late once it is over. Answers
   * with `missing`, and leaves the listing where it is, if it is not the expected one.
   */
  addTasks(id: string, tasks: readonly string[], listing: ListingChange): Promise<'added' | 'missing'>;
  /**
   * A new epoch for the task. The start has a lease (Lease) until `leaseMs.ledger` after its last good answer, or until a
   * commit ends it; one that a newer start has taken over keeps its own until that runs out.
   */
  startTask(id: string, task: string, options: StartOptions): Promise<StartResult>;
  commit(id: string, task: string, commit: Commit): Promise<CommitResult>;
  /** What each of these starts would be answered at a commit. Renews the leases of those that are to go on. */
  look(id: string, attempts: readonly AttemptRef[]): Promise<readonly CommitResult[]>;
  /** Takes a task's counters out of the totals and forgets its issues, to go through it again from the beginning. */
  resetTask(id: string, task: string, epoch: number): Promise<CommitResult>;
  /** Failed tasks back to queued, those that are failed; answers with them. */
  requeueFailed(id: string, tasks: readonly string[]): Promise<readonly string[]>;
  /** Tasks in one of the given states, in no particular order, by pages that may be empty before the last. */
  listTasks(id: string, options: { states: readonly TaskState[]; cursor?: string }): Promise<TaskPage>;

  /** Where a task is, and what it has counted. Undefined where it is not listed, or its record is gone with an old run. */
  readTask(id: string, task: string): Promise<TaskProgress | undefined>;

  /** Entries of one kind, in the order of their arrival. */
  listed(id: string, page: PageRequest & { readonly kind: ListedKind }): Promise<ListedPage>;
  issues(id: string, page: PageRequest & { readonly code?: string }): Promise<IssuePage>;
  /** The kept issues of one task. */
  taskIssues(id: string, task: string): Promise<readonly Issue[]>;
}

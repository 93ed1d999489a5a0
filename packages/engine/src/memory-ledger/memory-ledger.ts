import {
  type AttemptRef,
  type Binding,
  type Commit,
  type CommitResult,
  type Control,
  firstPhases,
  isSameBinding,
  type Issue,
  type IssuePage,
  leaseMs,
  type Ledger,
  type ListedKind,
  type ListedPage,
  type ListingChange,
  maxKeptIssues as defaultMaxKeptIssues,
  MigrationError,
  notRetryable,
  type OpenOptions,
  type OpenResult,
  type Operation,
  type OperationChange,
  type OperationEnd,
  operationId,
  type OperationKind,
  operationNotFound,
  type OperationPage,
  type OperationRequest,
  type PageRequest,
  quarantineAfterStarts,
  type RetryRequest,
  type StartOptions,
  type StartResult,
  stateResetOnRetry,
  takenBack,
  type TaskPage,
  type TaskProgress,
  type TaskState,
  wholeDeltas,
} from '@migrator/core';

import {
  type OperationRecord,
  isAsExpected,
  mergeCoordinatorState,
  recordOf,
  snapshot,
  type TaskRecord,
  withoutZeros,
  OutstandingLeases,
} from './memory-records.ts';
import { add, KeptIssues, ListedEntries } from './memory-lists.ts';

export interface MemoryLedgerOptions {
  /** How many issues of an operation are kept; `maxKeptIssues` by default. */
  readonly maxKeptIssues?: number;
  /** Milliseconds from a lease's grant or renewal to its expiry; `leaseMs.ledger` by default. */
  readonly leaseMs?: number;
}

/** A ledger in the memory of this process, for a run without Redis. */
export function createMemoryLedger(options: MemoryLedgerOptions = {}): Ledger {
  return new MemoryLedger(options);
}

/** No method awaits anything, so each is one atomic step. */
class MemoryLedger implements Ledger {
  readonly #maxKeptIssues: number;
  /** Ordered by start. */
  readonly #operations = new Map<string, OperationRecord>();
  #holder: string | undefined;
  #lastStart = 0;
  readonly #leases: OutstandingLeases;

  constructor(options: MemoryLedgerOptions) {
    this.#maxKeptIssues = options.maxKeptIssues ?? defaultMaxKeptIssues;
    this.#leases = new OutstandingLeases(options.leaseMs ?? leaseMs.ledger);
  }

  async open(request: OperationRequest, options: OpenOptions): Promise<OpenResult> {
    const holder = this.#holder === undefined ? undefined : this.#kept(this.#holder);
    if (options.parent === undefined) {
      if (holder !== undefined) return { opened: false, current: snapshot(holder) };
    } else {
      const parent = this.#kept(options.parent);
      if (parent.operation.state !== 'running') return { opened: false, current: snapshot(holder ?? parent) };
    }
    this.#lastStart = Math.max(options.now.getTime(), this.#lastStart + 1);
    const startedAt = new Date(this.#lastStart).toISOString();
    const id = operationId(request.kind, startedAt);
    const kept: OperationRecord = {
      operation: {
        id,
        kind: request.kind,
        request: structuredClone(request),
        binding: structuredClone(options.binding),
        parent: options.parent,
        state: 'running',
        phase: firstPhases[request.kind],
        control: 'run',
        startedAt,
      },
      listing: { done: false },
      listed: 0,
      completed: 0,
      failed: 0,
      totals: new Map(),
      coordinatorState: new Map(),
      tasks: new Map(),
      issues: new KeptIssues(this.#maxKeptIssues),
      entryLists: new ListedEntries(this.#maxKeptIssues),
    };
    this.#operations.set(id, kept);
    if (options.parent === undefined) this.#holder = id;
    return { opened: true, operation: snapshot(kept) };
  }

  async reopen(id: string, retry: RetryRequest): Promise<OpenResult> {
    const kept = this.#kept(id);
    if (kept.operation.kind !== 'migration') {
      throw new MigrationError('NOT_FOUND', `${id} is no migration`);
    }
    const rolledBackBy = kept.coordinatorState.get('rolledBackBy');
    if (typeof rolledBackBy === 'string') throw takenBack(id, rolledBackBy);
    if (this.#holder !== undefined) return { opened: false, current: snapshot(this.#kept(this.#holder)) };
    if (!isRetryable(kept.operation)) throw notRetryable(id);
    this.#takeUpAgain(kept);
    kept.listing = { done: false };
    kept.coordinatorState.set('retry', structuredClone(retry));
    return { opened: true, operation: snapshot(kept) };
  }

  async get(id: string): Promise<Operation | undefined> {
    const kept = this.#operations.get(id);
    return kept === undefined ? undefined : snapshot(kept);
  }

  async current(): Promise<Operation | undefined> {
    return this.#holder === undefined ? undefined : snapshot(this.#kept(this.#holder));
  }

  async list(kind: OperationKind, options: PageRequest): Promise<OperationPage> {
    const before = options.cursor === undefined ? Number.POSITIVE_INFINITY : Number(options.cursor);
    const operations = [...this.#operations.values()]
      .filter(({ operation }) => operation.kind === kind && Date.parse(operation.startedAt) < before)
      .toReversed();
    const page = operations.slice(0, options.limit).map(snapshot);
    const last = page.at(-1);
    if (last === undefined || operations.length <= page.length) return { operations: page };
    return { operations: page, cursor: String(Date.parse(last.startedAt)) };
  }

  async update(id: string, change: OperationChange): Promise<void> {
    const kept = this.#kept(id);
    if (change.phase !== undefined) kept.operation.phase = change.phase;
    mergeCoordinatorState(kept, change.coordinatorState);
  }

  async close(id: string, end: OperationEnd): Promise<void> {
    const kept = this.#kept(id);
    const { operation } = kept;
    if (operation.state !== 'running') return;
    this.#leases.requireNone();
    operation.state = end.state;
    operation.finishedAt = end.now.toISOString();
    if (end.reason !== undefined) operation.reason = end.reason;
    else if (end.state.startsWith('completed')) delete operation.reason;
    if (this.#holder === id) this.#holder = undefined;
    if (operation.kind !== 'migration') kept.tasks.clear();
  }

  async control(id: string, control: Control, reason?: string): Promise<void> {
    const { operation } = this.#kept(id);
    if (operation.state !== 'running' || operation.control === 'cancel') return;
    operation.control = control;
    if (reason === undefined || control === 'run') delete operation.reason;
    else operation.reason = reason;
  }

  async markRolledBack(rollbackId: string, which: string | Binding): Promise<void> {
    for (const { operation, coordinatorState } of this.#operations.values()) {
      if (operation.kind !== 'migration') continue;
      const isMeant =
        typeof which === 'string'
          ? which === operation.id
          : isSameBinding(which, operation.binding, ['target']);
      if (isMeant) coordinatorState.set('rolledBackBy', rollbackId);
    }
  }

  async requireNoLeases(): Promise<void> {
    this.#leases.requireNone();
  }

  async addTasks(id: string, tasks: readonly string[], listing: ListingChange): Promise<'added' | 'missing'> {
    const kept = this.#kept(id);
    if (kept.operation.state !== 'running') return 'added';
    for (const task of tasks) recordOf(kept, task);
    const { cursor, done, expected } = listing;
    if (expected !== undefined && expected.cursor !== kept.listing.cursor) return 'missing';
    kept.listing = { done, cursor };
    mergeCoordinatorState(kept, listing.coordinatorState);
    return 'added';
  }

  async startTask(id: string, task: string, options: StartOptions): Promise<StartResult> {
    const kept = this.#operations.get(id);
    if (kept === undefined) return { started: false, why: 'unknown-operation' };
    const { operation, coordinatorState } = kept;
    const rolledBackBy = coordinatorState.get('rolledBackBy');
    if (typeof rolledBackBy === 'string') return { started: false, why: 'rolled-back', by: rolledBackBy };
    const isClosed = operation.state !== 'running';
    if (isClosed && !(options.reopen === true && isRetryable(operation))) {
      return { started: false, why: 'closed' };
    }
    if (!isSameBinding(operation.binding, options.binding)) return { started: false, why: 'other-binding' };
    if (isClosed ? this.#holder !== undefined : !this.#isCurrent(kept)) {
      return { started: false, why: 'not-current', by: this.#holder };
    }
    const control = isClosed ? 'run' : this.#controlOf(kept);
    if (control !== 'run') return { started: false, why: control === 'pause' ? 'paused' : 'cancelled' };
    const known = kept.tasks.get(task);
    if (known?.state === 'done') return { started: false, why: 'done' };
    if (known?.startsWithoutProgress === quarantineAfterStarts && options.isolated !== true)
      return { started: false, why: 'quarantined' };

    if (isClosed) this.#takeUpAgain(kept);
    const record = recordOf(kept, task);
    if (record.state === 'failed') kept.failed--;
    kept.issues.resolve(task, '', record);
    record.state = 'running';
    record.epoch++;
    record.startsWithoutProgress++;
    this.#leases.grant(id, task, record.epoch);
    return {
      started: true,
      operation: snapshot(kept),
      epoch: record.epoch,
      cursor: record.cursor,
      counters: withoutZeros(record.counters),
      startsWithoutProgress: record.startsWithoutProgress,
    };
  }

  async commit(id: string, task: string, commit: Commit): Promise<CommitResult> {
    // A committing attempt has no write in flight, and starts none unless the result allows it.
    this.#leases.giveUp(id, task, commit.epoch);
    const held = this.#held(id, task, commit.epoch);
    if (typeof held === 'string') return held;
    const { kept, record } = held;
    if (commit.expected !== undefined && !isAsExpected(record, commit.expected)) return 'missing';
    // Before any change, because it throws for invalid deltas.
    const deltas = wholeDeltas(kept.operation.kind, commit.deltas);
    for (const { name, amount } of deltas) {
      add(record.counters, name, amount);
      add(kept.totals, name, amount);
    }
    for (const key of commit.resolved ?? []) kept.issues.resolve(task, key, record);
    for (const issue of commit.issues ?? []) kept.issues.record({ ...issue, task }, record);
    for (const entry of commit.listed ?? []) kept.entryLists.add(task, entry);
    if (commit.cursor !== undefined) record.cursor = commit.cursor;
    record.state = commit.state;
    record.startsWithoutProgress = 0;
    if (commit.state === 'done') kept.completed++;
    if (commit.state === 'failed') kept.failed++;
    const control = this.#controlOf(kept);
    if (commit.state === 'running' && control === 'run') this.#leases.grant(id, task, commit.epoch);
    return control;
  }

  async checkAttempts(id: string, attempts: readonly AttemptRef[]): Promise<readonly CommitResult[]> {
    return attempts.map(({ task, epoch }) => {
      const held = this.#held(id, task, epoch);
      if (typeof held === 'string') return held;
      const control = this.#controlOf(held.kept);
      if (control === 'run') this.#leases.grant(id, task, epoch);
      return control;
    });
  }

  async resetTask(id: string, task: string, epoch: number): Promise<CommitResult> {
    const held = this.#held(id, task, epoch);
    if (typeof held === 'string') return held;
    const { kept, record } = held;
    for (const [name, amount] of record.counters) add(kept.totals, name, -amount);
    record.counters.clear();
    kept.issues.reset(task, record);
    kept.entryLists.forget(task);
    delete record.cursor;
    return this.#controlOf(kept);
  }

  async requeueFailed(id: string, tasks: readonly string[]): Promise<readonly string[]> {
    const kept = this.#kept(id);
    if (kept.operation.state !== 'running') return [];
    return tasks.filter((task) => {
      const record = kept.tasks.get(task);
      if (record?.state !== 'failed') return false;
      record.state = 'queued';
      kept.failed--;
      return true;
    });
  }

  async listTasks(id: string, { states }: { states: readonly TaskState[] }): Promise<TaskPage> {
    const tasks = [...this.#kept(id).tasks].filter(([, { state }]) => states.includes(state));
    return { tasks: tasks.map(([task]) => task) };
  }

  async listed(id: string, page: PageRequest & { kind: ListedKind }): Promise<ListedPage> {
    return this.#kept(id).entryLists.page(page);
  }

  async issues(id: string, page: PageRequest & { code?: string }): Promise<IssuePage> {
    return this.#kept(id).issues.page(page);
  }

  async readTask(id: string, task: string): Promise<TaskProgress | undefined> {
    const record = this.#kept(id).tasks.get(task);
    return record && { state: record.state, counters: withoutZeros(record.counters) };
  }

  async taskIssues(id: string, task: string): Promise<readonly Issue[]> {
    return this.#kept(id).issues.ofTask(task);
  }

  #kept(id: string): OperationRecord {
    const kept = this.#operations.get(id);
    if (kept === undefined) throw operationNotFound(id);
    return kept;
  }

  #isCurrent({ operation }: OperationRecord): boolean {
    return this.#holder !== undefined && (this.#holder === operation.id || this.#holder === operation.parent);
  }

  /** The control of an operation. A part is also paused and cancelled with its parent. */
  #controlOf({ operation }: OperationRecord): Control {
    const parent = operation.parent === undefined ? undefined : this.#operations.get(operation.parent);
    const controls = [operation.control, parent?.operation.control];
    if (controls.includes('cancel')) return 'cancel';
    return controls.includes('pause') ? 'pause' : 'run';
  }

  #takeUpAgain({ operation, coordinatorState }: OperationRecord): void {
    for (const key of stateResetOnRetry) coordinatorState.delete(key);
    operation.state = 'running';
    operation.phase = 'migrating';
    operation.control = 'run';
    delete operation.reason;
    this.#holder = operation.id;
  }

  /** The task's record, if `epoch` is that of its current attempt. */
  #held(
    id: string,
    task: string,
    epoch: number,
  ): { kept: OperationRecord; record: TaskRecord } | 'stale' | 'missing' {
    const kept = this.#operations.get(id);
    if (kept === undefined) return 'missing';
    if (kept.operation.state !== 'running' || !this.#isCurrent(kept)) return 'stale';
    const record = kept.tasks.get(task);
    if (record === undefined || record.epoch < epoch) return 'missing';
    return record.state === 'running' && record.epoch === epoch ? { kept, record } : 'stale';
  }
}

/** A cancelled or failed run has tasks that never started; a retry would start them unintentionally. */
function isRetryable({ kind, state }: Pick<Operation, 'kind' | 'state'>): boolean {
  return kind === 'migration' && state.startsWith('completed');
}

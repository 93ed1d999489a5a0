import {
  type Control,
  firstPhases,
  isSameBinding,
  leaseMs as defaultLeaseMs,
  type Ledger,
  maxKeptIssues as defaultMaxKeptIssues,
  MigrationError,
  notRetryable,
  type Operation,
  operationId,
  operationNotFound,
  quarantineAfterStarts,
  stateResetOnRetry,
  takenBack,
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
export function createMemoryLedger({
  maxKeptIssues = defaultMaxKeptIssues,
  leaseMs = defaultLeaseMs.ledger,
}: MemoryLedgerOptions = {}): Ledger {
  /** Ordered by start. */
  const operations = new Map<string, OperationRecord>();
  const leases = new OutstandingLeases(leaseMs);
  let holder: string | undefined;
  let lastStart = 0;

  // No method awaits anything, so each is one atomic step.
  return {
    async open(request, options) {
      const current = holder === undefined ? undefined : recordById(holder);
      if (options.parent === undefined) {
        if (current !== undefined) return { opened: false, current: snapshot(current) };
      } else {
        const parent = recordById(options.parent);
        if (parent.operation.state !== 'running')
          return { opened: false, current: snapshot(current ?? parent) };
      }
      lastStart = Math.max(options.now.getTime(), lastStart + 1);
      const startedAt = new Date(lastStart).toISOString();
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
        issues: new KeptIssues(maxKeptIssues),
        entryLists: new ListedEntries(maxKeptIssues),
      };
      operations.set(id, kept);
      if (options.parent === undefined) holder = id;
      return { opened: true, operation: snapshot(kept) };
    },

    async reopen(id, retry) {
      const kept = recordById(id);
      if (kept.operation.kind !== 'migration') {
        throw new MigrationError('NOT_FOUND', `${id} is no migration`);
      }
      const rolledBackBy = kept.coordinatorState.get('rolledBackBy');
      if (typeof rolledBackBy === 'string') throw takenBack(id, rolledBackBy);
      if (holder !== undefined) return { opened: false, current: snapshot(recordById(holder)) };
      if (!isRetryable(kept.operation)) throw notRetryable(id);
      resume(kept);
      kept.listing = { done: false };
      kept.coordinatorState.set('retry', structuredClone(retry));
      return { opened: true, operation: snapshot(kept) };
    },

    async get(id) {
      const kept = operations.get(id);
      return kept === undefined ? undefined : snapshot(kept);
    },

    async current() {
      return holder === undefined ? undefined : snapshot(recordById(holder));
    },

    async list(kind, options) {
      const before = options.cursor === undefined ? Number.POSITIVE_INFINITY : Number(options.cursor);
      const found = [...operations.values()]
        .filter(({ operation }) => operation.kind === kind && Date.parse(operation.startedAt) < before)
        .toReversed();
      const page = found.slice(0, options.limit).map(snapshot);
      const last = page.at(-1);
      if (last === undefined || found.length <= page.length) return { operations: page };
      return { operations: page, cursor: String(Date.parse(last.startedAt)) };
    },

    async update(id, change) {
      const kept = recordById(id);
      if (change.phase !== undefined) kept.operation.phase = change.phase;
      mergeCoordinatorState(kept, change.coordinatorState);
    },

    async close(id, end) {
      const kept = recordById(id);
      const { operation } = kept;
      if (operation.state !== 'running') return;
      leases.requireNone();
      operation.state = end.state;
      operation.finishedAt = end.now.toISOString();
      if (end.reason !== undefined) operation.reason = end.reason;
      else if (end.state.startsWith('completed')) delete operation.reason;
      if (holder === id) holder = undefined;
      if (operation.kind !== 'migration') kept.tasks.clear();
    },

    async control(id, control, reason) {
      const { operation } = recordById(id);
      if (operation.state !== 'running' || operation.control === 'cancel') return;
      operation.control = control;
      if (reason === undefined || control === 'run') delete operation.reason;
      else operation.reason = reason;
    },

    async markRolledBack(rollbackId, which) {
      for (const { operation, coordinatorState } of operations.values()) {
        if (operation.kind !== 'migration') continue;
        const isMeant =
          typeof which === 'string'
            ? which === operation.id
            : isSameBinding(which, operation.binding, ['target']);
        if (isMeant) coordinatorState.set('rolledBackBy', rollbackId);
      }
    },

    async requireNoLeases() {
      leases.requireNone();
    },

    async addTasks(id, tasks, listing) {
      const kept = recordById(id);
      if (kept.operation.state !== 'running') return 'added';
      for (const task of tasks) recordOf(kept, task);
      const { cursor, done, expected } = listing;
      if (expected !== undefined && expected.cursor !== kept.listing.cursor) return 'missing';
      kept.listing = { done, cursor };
      mergeCoordinatorState(kept, listing.coordinatorState);
      return 'added';
    },

    async startTask(id, task, options) {
      const kept = operations.get(id);
      if (kept === undefined) return { started: false, why: 'unknown-operation' };
      const { operation, coordinatorState } = kept;
      const rolledBackBy = coordinatorState.get('rolledBackBy');
      if (typeof rolledBackBy === 'string') return { started: false, why: 'rolled-back', by: rolledBackBy };
      const isClosed = operation.state !== 'running';
      if (isClosed && !(options.reopen === true && isRetryable(operation))) {
        return { started: false, why: 'closed' };
      }
      if (!isSameBinding(operation.binding, options.binding)) return { started: false, why: 'other-binding' };
      if (isClosed ? holder !== undefined : !isCurrent(kept)) {
        return { started: false, why: 'not-current', by: holder };
      }
      const control = isClosed ? 'run' : controlOf(kept);
      if (control !== 'run') return { started: false, why: control === 'pause' ? 'paused' : 'cancelled' };
      const known = kept.tasks.get(task);
      if (known?.state === 'done') return { started: false, why: 'done' };
      if (known?.startsWithoutProgress === quarantineAfterStarts && options.isolated !== true)
        return { started: false, why: 'quarantined' };

      if (isClosed) resume(kept);
      const record = recordOf(kept, task);
      if (record.state === 'failed') kept.failed--;
      kept.issues.resolve(task, '', record);
      record.state = 'running';
      record.epoch++;
      record.startsWithoutProgress++;
      leases.grant(id, task, record.epoch);
      return {
        started: true,
        operation: snapshot(kept),
        epoch: record.epoch,
        cursor: record.cursor,
        counters: withoutZeros(record.counters),
        startsWithoutProgress: record.startsWithoutProgress,
      };
    },

    async commit(id, task, commit) {
      // A committing attempt has no write in flight, and starts none unless the result allows it.
      leases.release(id, task, commit.epoch);
      const held = heldTask(id, task, commit.epoch);
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
      const control = controlOf(kept);
      if (commit.state === 'running' && control === 'run') leases.grant(id, task, commit.epoch);
      return control;
    },

    async checkAttempts(id, attempts) {
      return attempts.map(({ task, epoch }) => {
        const held = heldTask(id, task, epoch);
        if (typeof held === 'string') return held;
        const control = controlOf(held.kept);
        if (control === 'run') leases.grant(id, task, epoch);
        return control;
      });
    },

    async resetTask(id, task, epoch) {
      const held = heldTask(id, task, epoch);
      if (typeof held === 'string') return held;
      const { kept, record } = held;
      for (const [name, amount] of record.counters) add(kept.totals, name, -amount);
      record.counters.clear();
      kept.issues.reset(task, record);
      kept.entryLists.forget(task);
      delete record.cursor;
      return controlOf(kept);
    },

    async requeueFailed(id, tasks) {
      const kept = recordById(id);
      if (kept.operation.state !== 'running') return [];
      return tasks.filter((task) => {
        const record = kept.tasks.get(task);
        if (record?.state !== 'failed') return false;
        record.state = 'queued';
        kept.failed--;
        return true;
      });
    },

    async listTasks(id, { states }) {
      const tasks = [...recordById(id).tasks].filter(([, { state }]) => states.includes(state));
      return { tasks: tasks.map(([task]) => task) };
    },

    async listed(id, page) {
      return recordById(id).entryLists.page(page);
    },

    async issues(id, page) {
      return recordById(id).issues.page(page);
    },

    async readTask(id, task) {
      const record = recordById(id).tasks.get(task);
      return record && { state: record.state, counters: withoutZeros(record.counters) };
    },

    async taskIssues(id, task) {
      return recordById(id).issues.ofTask(task);
    },
  };

  function recordById(id: string): OperationRecord {
    const kept = operations.get(id);
    if (kept === undefined) throw operationNotFound(id);
    return kept;
  }

  function isCurrent({ operation }: OperationRecord): boolean {
    return holder !== undefined && (holder === operation.id || holder === operation.parent);
  }

  /** The control of an operation. A part is also paused and cancelled with its parent. */
  function controlOf({ operation }: OperationRecord): Control {
    const parent = operation.parent === undefined ? undefined : operations.get(operation.parent);
    const controls = [operation.control, parent?.operation.control];
    if (controls.includes('cancel')) return 'cancel';
    return controls.includes('pause') ? 'pause' : 'run';
  }

  function resume({ operation, coordinatorState }: OperationRecord): void {
    for (const key of stateResetOnRetry) coordinatorState.delete(key);
    operation.state = 'running';
    operation.phase = 'migrating';
    operation.control = 'run';
    delete operation.reason;
    holder = operation.id;
  }

  /** The task's record, if `epoch` is that of its current attempt. */
  function heldTask(
    id: string,
    task: string,
    epoch: number,
  ): { kept: OperationRecord; record: TaskRecord } | 'stale' | 'missing' {
    const kept = operations.get(id);
    if (kept === undefined) return 'missing';
    if (kept.operation.state !== 'running' || !isCurrent(kept)) return 'stale';
    const record = kept.tasks.get(task);
    if (record === undefined || record.epoch < epoch) return 'missing';
    return record.state === 'running' && record.epoch === epoch ? { kept, record } : 'stale';
  }
}

/** A cancelled or failed run has tasks that never started; a retry would start them unintentionally. */
function isRetryable({ kind, state }: Pick<Operation, 'kind' | 'state'>): boolean {
  return kind === 'migration' && state.startsWith('completed');
}

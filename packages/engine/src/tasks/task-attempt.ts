import { setTimeout as wait } from 'node:timers/promises';

import {
  type Commit,
  type CommitResult,
  counted,
  entryOutcomeNames,
  entryPath,
  type ErrorCode,
  errorTable,
  failureIssue,
  isRedisCode,
  MigrationError,
  type Operation,
  parseTaskId,
  type StartResult,
  wholeDeltas,
  messageOf,
  failureOf,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { answersOthers } from '../entries/outage-detection.ts';
import type { AttemptLease } from '../leases/attempt-lease.ts';
import type { AttemptWatcher } from '../leases/attempt-watcher.ts';
import { describeCounts, describeFailures, hasProgressed, isProgress } from './task-counts.ts';
import type { PageResult, TaskStart } from './page-result.ts';

export interface AttemptOptions {
  /** Aborts when the attempt has to stop, for example because the process stops. */
  readonly signal: AbortSignal;
  /**
   * The watcher of all attempts of this process: aborts this one when its operation or a newer attempt requires it.
   */
  readonly watcher: AttemptWatcher;
  /** No automatic attempt follows: an error now fails the task. */
  readonly lastAttempt: boolean;
  /** The job is retried, possibly by an operator: this may reopen a completed run. */
  readonly reopen: boolean;
  /** No other task runs in this process. */
  readonly isolated?: boolean;
  /**
   * Called after the attempt has started, before its first page. The start may have reopened a run whose coordinator
   * has ended.
   */
  readonly onStarted?: () => Promise<void>;
  /** Called after each page with the number of entries (or items) that this task has processed. */
  readonly onProgress: (done: number) => void;
  /** Called with a line for the job's log. */
  readonly onEvent: (line: string) => void;
}

export type TaskResult =
  | { readonly outcome: 'done'; readonly summary: string }
  /** Ended with failures, recorded in the ledger. `brief`: the reason without user ids and contents of entries. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly brief: string }
  /** Stopped; a later attempt continues from its cursor. */
  | { readonly outcome: 'handed-back' }
  /** An outage: to be retried after a delay, without consuming an attempt. */
  | { readonly outcome: 'postponed'; readonly reason: string; readonly brief: string }
  | { readonly outcome: 'cancelled' }
  /** Nothing was recorded, because a newer attempt has started or the operation has ended. */
  | { readonly outcome: 'stale' }
  | Extract<StartResult, { started: false }>;

/** The ledger has lost records of this attempt. */
export interface Lost {
  readonly outcome: 'missing';
}

export interface StartedTask extends TaskStart {
  readonly lease: AttemptLease;
  readonly startsWithoutProgress: number;
}

type AttemptContext = Pick<EngineContext, 'source' | 'target' | 'ledger' | 'settings'>;

/** How long, and how often, the attempt tries to record the task as queued (milliseconds). */
const handBackLimitMs = 20_000;
const handBackEveryMs = 500;
/** The time limit to count the entries of a failed user (milliseconds). */
const countLimitMs = 10_000;

/** Records one attempt's pages and its end in the ledger. */
export class TaskAttempt {
  readonly #context: AttemptContext;
  readonly #operation: Operation;
  readonly #start: StartedTask;
  readonly #attempt: AttemptOptions;
  /** The counters as last committed. */
  #counters: Readonly<Record<string, number>>;
  #cursor: string | undefined;
  #hasProgress = false;

  constructor(context: AttemptContext, operation: Operation, start: StartedTask, attempt: AttemptOptions) {
    this.#context = context;
    this.#operation = operation;
    this.#start = start;
    this.#attempt = attempt;
    this.#counters = start.counters;
    this.#cursor = start.cursor;
  }

  /** Commits a page. Returns the attempt's result if it ends with this page. */
  async commit(page: PageResult): Promise<TaskResult | Lost | undefined> {
    if (page.reset === true) {
      const result = await this.#reset();
      if (result === 'stale' || result === 'missing') return { outcome: result };
    }
    const counters = { ...this.#counters };
    for (const { name, amount } of wholeDeltas(this.#operation.kind, page.deltas)) {
      counters[name] = (counters[name] ?? 0) + amount;
    }
    const failed = counters['failed'] ?? 0;
    const ended = failed > 0 ? 'failed' : 'done';
    const stopping = this.#start.signal.aborted ? 'queued' : 'running';
    const control = await this.#record(page.last ? ended : stopping, page, this.#expected());
    if (control === 'missing') return { outcome: 'missing' };
    this.#counters = counters;
    this.#cursor = page.cursor ?? this.#cursor;
    for (const issue of page.issues ?? []) {
      this.#attempt.onEvent(`${issue.code} ${issue.detail.path ?? issue.key}: ${issue.detail.message ?? ''}`);
    }
    if (control === 'stale') return { outcome: 'stale' };
    this.#hasProgress ||= isProgress(page);
    this.#attempt.onProgress(this.#done());
    if (page.last) return this.#end(failed);
    if (control === 'cancel') return { outcome: 'cancelled' };
    if (stopping === 'queued') return { outcome: 'handed-back' };
    if (control === 'pause') {
      await this.#record('queued', { deltas: {}, last: false });
      return { outcome: 'handed-back' };
    }
    return undefined;
  }

  /**
   * Handles an error that ended the work; returns the attempt's result, or throws the error if BullMQ has to retry
   * the job.
   */
  async interrupted(error: unknown): Promise<TaskResult | Lost> {
    const code = MigrationError.codeOf(error);
    const { onExhausted } = errorTable[code];
    if (onExhausted === 'postpone' && !this.#start.signal.aborted && (await this.#isOutage(code))) {
      return this.#postpone(code, messageOf(error));
    }
    if (
      code !== 'ABORTED' &&
      onExhausted !== 'pause-run' &&
      this.#attempt.lastAttempt &&
      !this.#start.signal.aborted
    ) {
      return this.fail(error);
    }
    // Records lost by the ledger need no handling here: the next attempt finds that.
    const control = await this.#record('queued', { deltas: {}, last: false });
    if (control === 'stale') return { outcome: 'stale' };
    if (control === 'cancel') return { outcome: 'cancelled' };
    if (code === 'ABORTED' || this.#start.signal.aborted) return { outcome: 'handed-back' };
    if (onExhausted !== 'pause-run') throw error;
    const holder = this.#operation.parent ?? this.#operation.id;
    await this.#context.ledger.control(holder, 'pause', `${code}: ${messageOf(error)}`);
    this.#attempt.onEvent(`paused the run: ${messageOf(error)}`);
    return { outcome: 'handed-back' };
  }

  /** Whether the error affects more than this task. */
  async #isOutage(code: ErrorCode): Promise<boolean> {
    if (isRedisCode(code) || code === 'LEASE_EXPIRED' || this.#hasProgress) return true;
    // A migration fails entries that cause an error themselves, so an error that ends a page is an outage.
    if (code === 'TARGET_UNAVAILABLE' && this.#operation.kind === 'migration') return true;
    const now = await this.#context.ledger.get(this.#operation.id).catch(() => undefined);
    if (now === undefined) return true;
    if (hasProgressed(this.#operation, now)) return false;
    // No task has made progress, perhaps because no other is left: probe the service.
    const { lease, signal } = this.#start;
    return !(await answersOthers(this.#context, { operation: this.#operation, lease }, code, signal));
  }

  async #postpone(code: ErrorCode, message: string): Promise<TaskResult> {
    const reason = `${code}: ${message}`;
    const control = await this.#handBack();
    if (control === 'stale') return { outcome: 'stale' };
    if (control === 'cancel') return { outcome: 'cancelled' };
    const holder = this.#operation.parent ?? this.#operation.id;
    await this.#context.ledger.update(holder, { coordinatorState: { outage: { reason, at: Date.now() } } });
    return { outcome: 'postponed', reason, brief: code };
  }

  /** Records the task as queued. Idempotent, so it is retried until the ledger answers. */
  async #handBack(): Promise<CommitResult> {
    const until = performance.now() + handBackLimitMs;
    for (;;) {
      try {
        return await this.#record('queued', { deltas: {}, last: false });
      } catch (error) {
        if (performance.now() > until || this.#start.signal.aborted) throw error;
        await wait(handBackEveryMs);
      }
    }
  }

  /** Fails the task as a whole. */
  async fail(error: unknown): Promise<TaskResult | Lost> {
    const failure = failureOf(error);
    const { code } = failure;
    const left = await this.#unread();
    const message = left === undefined ? failure.message : `${failure.message} ${left.message}`;
    const issues = [failureIssue(this.#start.task, '', { ...failure, path: this.#path(), message })];
    const deltas: Record<string, number> = left === undefined ? {} : { unread: left.entries };
    const control = await this.#record('failed', { deltas, issues, last: true }, this.#expected());
    if (control === 'stale' || control === 'missing') return { outcome: control };
    return { outcome: 'failed', reason: `${code}: ${message}`, brief: code };
  }

  /** The number of a failed user's entries without an outcome, and a sentence about them. */
  async #unread(): Promise<{ entries: number; message: string } | undefined> {
    const task = parseTaskId(this.#start.task);
    if (this.#operation.kind !== 'migration' || task.type !== 'user') return undefined;
    const signal = AbortSignal.timeout(countLimitMs);
    try {
      const all = await this.#context.source.countUserEntries(task.userId, signal);
      const entries = Math.max(0, all - this.#done());
      return {
        entries,
        message: `${entries} of the user's ${counted(all, 'entry', 'entries')} ${entries === 1 ? 'was' : 'were'} not tried; retry the user.`,
      };
    } catch {
      // Count 1 if Firestore can't count them: 0 would look like an empty journal.
      return {
        entries: 1,
        message: 'How many entries the user has is not known; they count as one. Retry the user.',
      };
    }
  }

  /** The task's record in the ledger, if no commit was lost. */
  #expected(): NonNullable<Commit['expected']> {
    return { counters: this.#counters, cursor: this.#cursor };
  }

  async #reset(): Promise<CommitResult> {
    const { task, epoch } = this.#start;
    const result = await this.#context.ledger.resetTask(this.#operation.id, task, epoch);
    this.#counters = {};
    this.#cursor = undefined;
    return result;
  }

  /** `expected` is omitted if nothing is counted, because the outcome of the last commit may be unknown. */
  async #record(
    state: Commit['state'],
    page: PageResult,
    expected?: Commit['expected'],
  ): Promise<CommitResult> {
    const requestedAt = this.#attempt.watcher.now();
    const result = await this.#context.ledger.commit(this.#operation.id, this.#start.task, {
      epoch: this.#start.epoch,
      state,
      expected,
      deltas: page.deltas,
      cursor: page.cursor,
      issues: page.issues,
      listed: page.listed,
      resolved: page.resolved,
    });
    if (state === 'running' && result === 'run') this.#start.lease.renew(requestedAt);
    return result;
  }

  async #end(failed: number): Promise<TaskResult> {
    const summary = describeCounts(this.#operation.kind, this.#counters);
    if (failed === 0) return { outcome: 'done', summary };
    const issues = await this.#context.ledger.taskIssues(this.#operation.id, this.#start.task);
    return { outcome: 'failed', ...describeFailures(failed, issues) };
  }

  #done(): number {
    const names: readonly string[] =
      this.#operation.kind === 'migration' ? entryOutcomeNames : ['entries', 'scanned', 'rescanned'];
    return names.reduce((sum, name) => sum + (this.#counters[name] ?? 0), 0);
  }

  #path(): string {
    const task = parseTaskId(this.#start.task);
    if (task.type === 'segment') return `table segment ${task.segment} of ${task.of}`;
    return entryPath({ userId: task.userId, date: '' }, this.#context.settings.names).slice(0, -1);
  }
}

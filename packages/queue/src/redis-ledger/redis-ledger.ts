import {
  type AttemptRef,
  type Binding,
  bindingFingerprint,
  type Commit,
  type CommitResult,
  type Control,
  counters,
  isSameBinding,
  type Issue,
  type IssuePage,
  leaseMs,
  leasesOutstanding,
  type Ledger,
  type ListedKind,
  type ListedPage,
  type ListingChange,
  maxKeptIssues as defaultMaxKeptIssues,
  type MigrationError,
  notRetryable,
  type OpenOptions,
  type OpenResult,
  type Operation,
  type OperationChange,
  type OperationEnd,
  operationId,
  type OperationKind,
  operationKindOf,
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
import { neverResends } from '../connect-redis.ts';
import type { RedisConnection } from '../primary-redis.ts';
import { namingRedisErrors } from '../redis-errors.ts';
import { runScript, type Script } from '../run-script.ts';
import { bucketOf, chunksOf, fieldOf, LedgerKeys } from './ledger-keys.ts';
import { LedgerSweeper } from './ledger-sweeper.ts';
import { listTasks } from './list-tasks.ts';
import {
  stateArguments,
  newOperationFields,
  operationOf,
  operationOfText,
  optional,
} from './operation-record.ts';
import { listArguments, RedisLists } from './redis-lists.ts';
import { scripts } from './scripts.ts';
import { commitResultOf, progressText, startResultOf, taskProgressOf } from './task-answers.ts';

export interface RedisLedgerOptions {
  /** A connection that satisfies `neverResends`. The caller closes it. */
  readonly redis: RedisConnection;
  /** The prefix of all keys; in braces for Redis Cluster. */
  readonly prefix: string;
  /** How many issues of an operation are kept; `maxKeptIssues` by default. */
  readonly maxKeptIssues?: number;
  /** About how many bytes of issues are kept; 8 MiB by default. */
  readonly maxKeptIssueBytes?: number;
  /** Milliseconds from a lease's grant or renewal to its expiry; `leaseMs.ledger` by default. */
  readonly leaseMs?: number;
}

const defaultMaxKeptIssueBytes = 8 * 1024 * 1024;

const stateResetArguments = [stateResetOnRetry.length, ...stateResetOnRetry];

/**
 * The ledger in Redis. Every method that changes anything is one script. With more than a few hundred tasks it takes
 * several steps, which a repetition completes after a crash.
 *
 * Rejects with a REDIS_ code when Redis returns an error or can't be reached, and retries nothing: only the next
 * start of a task can tell whether a commit whose response was lost was recorded.
 */
export function createRedisLedger(options: RedisLedgerOptions): Ledger {
  // With any other value ioredis resends a command whose response was lost, and a commit could be counted twice.
  if (!neverResends(options.redis)) {
    throw new TypeError('the connection of a ledger needs maxRetriesPerRequest: 0');
  }
  return namingRedisErrors(new RedisLedger(options), options.redis);
}

class RedisLedger implements Ledger {
  readonly #redis: RedisConnection;
  readonly #keys: LedgerKeys;
  readonly #sweeper: LedgerSweeper;
  readonly #lists: RedisLists;
  readonly #maxKeptIssues: number;
  readonly #maxKeptIssueBytes: number;
  readonly #leaseMs: number;
  /**
   * The operation of the last started task. Most starts are of the same one, so its request need not be sent again.
   */
  #lastStarted: Operation | undefined;

  constructor(options: RedisLedgerOptions) {
    this.#redis = options.redis;
    this.#keys = new LedgerKeys(options.prefix);
    this.#sweeper = new LedgerSweeper(options.redis, this.#keys);
    this.#lists = new RedisLists(options.redis, this.#keys);
    this.#maxKeptIssues = options.maxKeptIssues ?? defaultMaxKeptIssues;
    this.#maxKeptIssueBytes = options.maxKeptIssueBytes ?? defaultMaxKeptIssueBytes;
    this.#leaseMs = options.leaseMs ?? leaseMs.ledger;
  }

  async open(request: OperationRequest, options: OpenOptions): Promise<OpenResult> {
    const { kind } = request;
    const { binding, parent } = options;
    let start = options.now.getTime();
    for (;;) {
      const startedAt = new Date(start).toISOString();
      const id = operationId(kind, startedAt);
      const fields = newOperationFields({ id, request, binding, startedAt, parent });
      const keys = [this.#keys.operation(id), this.#keys.lock, this.#keys.byStart(kind)];
      if (parent !== undefined) keys.push(this.#keys.operation(parent));
      const record = Object.entries(fields).flat();
      const [outcome, detail] = await this.#run(scripts.open, keys, [
        id,
        start,
        optional(parent),
        record.length / 2,
        ...record,
      ]);
      if (outcome === 'not-found') throw operationNotFound(parent);
      if (outcome === 'held') return { opened: false, current: await this.#known(detail) };
      if (outcome === 'opened') {
        if (kind === 'migration') await this.#sweeper.sweepOldMigrations();
        await this.#sweeper.sweepOldIssues(kind);
        return { opened: true, operation: found(operationOf(record), id) };
      }
      start = Number(detail) + 1;
    }
  }

  async reopen(id: string, retry: RetryRequest): Promise<OpenResult> {
    const keys = [this.#keys.operation(id), this.#keys.lock];
    const [outcome, detail] = await this.#run(scripts.reopen, keys, [
      id,
      JSON.stringify(retry),
      ...stateResetArguments,
    ]);
    if (outcome === 'not-found') throw operationNotFound(id);
    if (outcome === 'rolled-back') throw takenBack(id, detail);
    if (outcome === 'held') return { opened: false, current: await this.#known(detail) };
    if (outcome === 'not-retryable') throw notRetryable(id);
    return { opened: true, operation: found(operationOfText(detail), id) };
  }

  async get(id: string): Promise<Operation | undefined> {
    return operationOf(Object.entries(await this.#redis.hgetall(this.#keys.operation(id))).flat());
  }

  async current(): Promise<Operation | undefined> {
    let closed: string | undefined;
    for (;;) {
      const id = await this.#redis.hget(this.#keys.lock, 'id');
      // Ends at the second read if the operation's record no longer exists.
      if (id === null || id === closed) return undefined;
      const operation = await this.get(id);
      if (operation?.state === 'running') return operation;
      closed = id;
    }
  }

  async list(kind: OperationKind, { cursor, limit }: PageRequest): Promise<OperationPage> {
    const before = cursor === undefined ? '+inf' : `(${cursor}`;
    const key = this.#keys.byStart(kind);
    const ids = await this.#redis.zrevrangebyscore(key, before, '-inf', 'LIMIT', 0, limit + 1);
    const read = await Promise.all(ids.slice(0, limit).map((id) => this.get(id)));
    const operations = read.filter((operation) => operation !== undefined);
    const last = operations.at(-1);
    if (last === undefined || ids.length <= limit) return { operations };
    return { operations, cursor: String(Date.parse(last.startedAt)) };
  }

  async update(id: string, change: OperationChange): Promise<void> {
    const args = [optional(change.phase), ...stateArguments(change.coordinatorState)];
    const [outcome] = await this.#run(scripts.update, [this.#keys.operation(id)], args);
    if (outcome === 'not-found') throw operationNotFound(id);
  }

  async close(id: string, end: OperationEnd): Promise<void> {
    const keys = [this.#keys.operation(id), this.#keys.lock, this.#keys.leases];
    const args = [id, end.state, end.now.toISOString(), optional(end.reason)];
    const [outcome, ...leased] = await this.#run(scripts.close, keys, args);
    if (outcome === 'not-found') throw operationNotFound(id);
    if (outcome === 'leased') throw outstanding(leased);
    // A repeated call after a crash sweeps the rest.
    if (operationKindOf(id) !== 'migration') await this.#sweeper.sweepTasks(id);
  }

  async control(id: string, control: Control, reason?: string): Promise<void> {
    const keys = [this.#keys.operation(id), this.#keys.lock];
    const [outcome] = await this.#run(scripts.control, keys, [id, control, optional(reason)]);
    if (outcome === 'not-found') throw operationNotFound(id);
  }

  async markRolledBack(rollbackId: string, which: string | Binding): Promise<void> {
    // The rollback holds the operation lock, so that no migration can begin between the two steps.
    const ids = typeof which === 'string' ? [which] : await this.#runsInTableOf(which);
    for (const some of chunksOf(ids)) {
      const keys = some.map((id) => this.#keys.operation(id));
      await this.#run(scripts.markRolledBack, keys, [JSON.stringify(rollbackId)]);
    }
  }

  async requireNoLeases(): Promise<void> {
    const [outcome, ...leased] = await this.#run(scripts.leases, [this.#keys.leases], []);
    if (outcome === 'leased') throw outstanding(leased);
  }

  async addTasks(
    id: string,
    tasks: readonly string[],
    { expected, done, cursor, coordinatorState }: ListingChange,
  ): Promise<'added' | 'missing'> {
    const chunks = chunksOf(tasks);
    // Only the last step advances the listing: after a crash the same tasks are listed again.
    const expectation = [expected === undefined ? '' : 'expected', optional(expected?.cursor)];
    const last = ['listing', ...expectation, done ? 1 : 0, optional(cursor)];
    const more = ['more', '', '', '', ''];
    const first = [this.#keys.operation(id), this.#keys.usedBuckets(id)];
    for (const [index, some] of (chunks.length === 0 ? [[]] : chunks).entries()) {
      const { keys, args } = this.#keys.withBuckets(id, first, some);
      const isLast = index >= chunks.length - 1;
      const all = isLast ? [...last, ...args, ...stateArguments(coordinatorState)] : [...more, ...args];
      const [outcome] = await this.#run(scripts.addTasks, keys, all);
      if (outcome === 'not-found') throw operationNotFound(id);
      if (outcome === 'missing') return 'missing';
    }
    return 'added';
  }

  async startTask(id: string, task: string, options: StartOptions): Promise<StartResult> {
    const kind = operationKindOf(id);
    if (kind === undefined) return { started: false, why: 'unknown-operation' };
    const known = this.#lastStarted?.id === id ? this.#lastStarted : undefined;
    const answer = await this.#run(scripts.startTask, this.#keys.task(id, task), [
      id,
      task,
      fieldOf(task),
      bucketOf(task),
      options.reopen === true ? 'reopen' : '',
      options.isolated === true ? 'isolated' : '',
      known === undefined ? '' : 'known',
      this.#leaseMs,
      bindingFingerprint(options.binding),
      options.binding.target.account ?? '',
      quarantineAfterStarts,
      ...stateResetArguments,
    ]);
    const result = startResultOf(answer, kind, known);
    if (result.started) this.#lastStarted = result.operation;
    return result;
  }

  async commit(id: string, task: string, commit: Commit): Promise<CommitResult> {
    const kind = operationKindOf(id);
    if (kind === undefined) return 'missing';
    const { epoch, state, cursor, expected } = commit;
    const deltas = wholeDeltas(kind, commit.deltas);
    const [outcome] = await this.#run(scripts.commit, this.#keys.task(id, task), [
      id,
      task,
      fieldOf(task),
      epoch,
      state,
      this.#maxKeptIssues,
      this.#maxKeptIssueBytes,
      this.#leaseMs,
      optional(expected && progressText(kind, expected)),
      optional(cursor),
      deltas.length,
      ...deltas.flatMap(({ index, name, amount }) => [index, name, amount]),
      ...listArguments(commit),
    ]);
    return commitResultOf(outcome);
  }

  async checkAttempts(id: string, attempts: readonly AttemptRef[]): Promise<readonly CommitResult[]> {
    const keys = [this.#keys.operation(id), this.#keys.lock, this.#keys.leases];
    const args: (string | number)[] = [id, this.#leaseMs, attempts.length];
    for (const { task, epoch } of attempts)
      args.push(task, fieldOf(task), epoch, keys.push(this.#keys.bucket(id, bucketOf(task))));
    return (await this.#run(scripts.checkAttempts, keys, args)).map(commitResultOf);
  }

  async resetTask(id: string, task: string, epoch: number): Promise<CommitResult> {
    const kind = operationKindOf(id);
    if (kind === undefined) return 'missing';
    const args = [id, task, fieldOf(task), epoch, ...counters[kind]];
    const [outcome] = await this.#run(scripts.resetTask, this.#keys.task(id, task), args);
    return commitResultOf(outcome);
  }

  async requeueFailed(id: string, tasks: readonly string[]): Promise<readonly string[]> {
    const requeued: string[] = [];
    for (const some of chunksOf(tasks)) {
      const { keys, args } = this.#keys.withBuckets(id, [this.#keys.operation(id)], some);
      const [outcome, ...positions] = await this.#run(scripts.requeueFailed, keys, args);
      if (outcome === 'not-found') throw operationNotFound(id);
      requeued.push(...some.filter((_, index) => positions.includes(String(index))));
    }
    return requeued;
  }

  async listTasks(id: string, options: { states: readonly TaskState[]; cursor?: string }): Promise<TaskPage> {
    return await listTasks(this.#redis, this.#keys, id, options);
  }

  listed(id: string, page: PageRequest & { kind: ListedKind }): Promise<ListedPage> {
    return this.#lists.listed(id, page);
  }

  issues(id: string, page: PageRequest & { code?: string }): Promise<IssuePage> {
    return this.#lists.issues(id, page);
  }

  taskIssues(id: string, task: string): Promise<readonly Issue[]> {
    return this.#lists.taskIssues(id, task);
  }

  async readTask(id: string, task: string): Promise<TaskProgress | undefined> {
    const [[, state] = [], [, record] = []] =
      (await this.#redis
        .pipeline()
        .hget(this.#keys.operation(id), 'state')
        .hget(this.#keys.bucket(id, bucketOf(task)), fieldOf(task))
        .exec()) ?? [];
    const kind = operationKindOf(id);
    if (typeof state !== 'string' || kind === undefined) throw operationNotFound(id);
    return typeof record === 'string' ? taskProgressOf(record, kind) : undefined;
  }

  async #runsInTableOf(binding: Binding): Promise<string[]> {
    const ids = await this.#redis.zrangebyscore(this.#keys.byStart('migration'), '-inf', '+inf');
    const those: string[] = [];
    for (const some of chunksOf(ids)) {
      const read = some.map((id) => this.#redis.hget(this.#keys.operation(id), 'binding'));
      for (const [index, text] of (await Promise.all(read)).entries())
        if (text !== null && isSameBinding(binding, JSON.parse(text), ['target'])) those.push(some[index]!);
    }
    return those;
  }

  #run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<string[]> {
    return runScript(this.#redis, script, keys, args);
  }

  async #known(id: string | undefined): Promise<Operation> {
    return found(id === undefined ? undefined : await this.get(id), id);
  }
}

function outstanding([count, leftMs]: readonly string[]): MigrationError {
  return leasesOutstanding(Number(count), Number(leftMs));
}

function found(operation: Operation | undefined, id: string | undefined): Operation {
  if (operation === undefined) throw operationNotFound(id);
  return operation;
}

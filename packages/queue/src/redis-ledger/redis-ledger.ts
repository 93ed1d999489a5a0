import {
  type Binding,
  bindingFingerprint,
  counters,
  isSameBinding,
  leaseMs as defaultLeaseMs,
  leasesOutstanding,
  type Ledger,
  maxKeptIssues as defaultMaxKeptIssues,
  type MigrationError,
  notRetryable,
  type Operation,
  operationId,
  operationKindOf,
  operationNotFound,
  quarantineAfterStarts,
  stateResetOnRetry,
  takenBack,
  wholeDeltas,
} from '@migrator/core';
import { neverResends } from '../connect-redis.ts';
import type { RedisConnection } from '../primary-redis.ts';
import { namingRedisErrors } from '../redis-errors.ts';
import { runScript } from '../run-script.ts';
import { bucketOf, chunksOf, fieldOf, LedgerKeys } from './ledger-keys.ts';
import { sweepOldIssues, sweepOldMigrations, sweepTasks } from './ledger-sweeper.ts';
import { listTasks } from './list-tasks.ts';
import {
  stateArguments,
  newOperationFields,
  operationOf,
  operationOfText,
  optional,
} from './operation-record.ts';
import { listArguments, listEntries, listIssues, listTaskIssues } from './redis-lists.ts';
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

const stateResetArguments = [stateResetOnRetry.length, ...stateResetOnRetry];

/**
 * The ledger in Redis. Every method that changes anything is one script. With more than a few hundred tasks it takes
 * several steps, which a repetition completes after a crash.
 *
 * Rejects with a REDIS_ code when Redis returns an error or can't be reached, and retries nothing: only the next
 * start of a task can tell whether a commit whose response was lost was recorded.
 */
export function createRedisLedger({
  redis,
  prefix,
  maxKeptIssues = defaultMaxKeptIssues,
  maxKeptIssueBytes = 8 * 1024 * 1024,
  leaseMs = defaultLeaseMs.ledger,
}: RedisLedgerOptions): Ledger {
  // With any other value ioredis resends a command whose response was lost, and a commit could be counted twice.
  if (!neverResends(redis)) {
    throw new TypeError('the connection of a ledger needs maxRetriesPerRequest: 0');
  }
  const ledgerKeys = new LedgerKeys(prefix);
  /** The operation of the last started task. Most starts are of the same one, so its request need not be sent again. */
  let lastStarted: Operation | undefined;
  const run = runScript.bind(undefined, redis);
  const requireOperation = async (id: string | undefined): Promise<Operation> =>
    found(id === undefined ? undefined : await ledger.get(id), id);

  const ledger: Ledger = {
    async open(request, { now, binding, parent }) {
      const { kind } = request;
      let start = now.getTime();
      for (;;) {
        const startedAt = new Date(start).toISOString();
        const id = operationId(kind, startedAt);
        const fields = newOperationFields({ id, request, binding, startedAt, parent });
        const keys = [ledgerKeys.operation(id), ledgerKeys.lock, ledgerKeys.byStart(kind)];
        if (parent !== undefined) keys.push(ledgerKeys.operation(parent));
        const record = Object.entries(fields).flat();
        const [outcome, detail] = await run(scripts.open, keys, [
          id,
          start,
          optional(parent),
          record.length / 2,
          ...record,
        ]);
        if (outcome === 'not-found') throw operationNotFound(parent);
        if (outcome === 'held') return { opened: false, current: await requireOperation(detail) };
        if (outcome === 'opened') {
          if (kind === 'migration') await sweepOldMigrations(redis, ledgerKeys);
          await sweepOldIssues(redis, ledgerKeys, kind);
          return { opened: true, operation: found(operationOf(record), id) };
        }
        start = Number(detail) + 1;
      }
    },

    async reopen(id, retry) {
      const keys = [ledgerKeys.operation(id), ledgerKeys.lock];
      const [outcome, detail] = await run(scripts.reopen, keys, [
        id,
        JSON.stringify(retry),
        ...stateResetArguments,
      ]);
      if (outcome === 'not-found') throw operationNotFound(id);
      if (outcome === 'rolled-back') throw takenBack(id, detail);
      if (outcome === 'held') return { opened: false, current: await requireOperation(detail) };
      if (outcome === 'not-retryable') throw notRetryable(id);
      return { opened: true, operation: found(operationOfText(detail), id) };
    },

    async get(id) {
      return operationOf(Object.entries(await redis.hgetall(ledgerKeys.operation(id))).flat());
    },

    async current() {
      let closed: string | undefined;
      for (;;) {
        const id = await redis.hget(ledgerKeys.lock, 'id');
        // Ends at the second read if the operation's record no longer exists.
        if (id === null || id === closed) return undefined;
        const operation = await ledger.get(id);
        if (operation?.state === 'running') return operation;
        closed = id;
      }
    },

    async list(kind, { cursor, limit }) {
      const before = cursor === undefined ? '+inf' : `(${cursor}`;
      const key = ledgerKeys.byStart(kind);
      const ids = await redis.zrevrangebyscore(key, before, '-inf', 'LIMIT', 0, limit + 1);
      const read = await Promise.all(ids.slice(0, limit).map((id) => ledger.get(id)));
      const operations = read.filter((operation) => operation !== undefined);
      const last = operations.at(-1);
      if (last === undefined || ids.length <= limit) return { operations };
      return { operations, cursor: String(Date.parse(last.startedAt)) };
    },

    async update(id, change) {
      const args = [optional(change.phase), ...stateArguments(change.coordinatorState)];
      const [outcome] = await run(scripts.update, [ledgerKeys.operation(id)], args);
      if (outcome === 'not-found') throw operationNotFound(id);
    },

    async close(id, end) {
      const keys = [ledgerKeys.operation(id), ledgerKeys.lock, ledgerKeys.leases];
      const args = [id, end.state, end.now.toISOString(), optional(end.reason)];
      const [outcome, ...leased] = await run(scripts.close, keys, args);
      if (outcome === 'not-found') throw operationNotFound(id);
      if (outcome === 'leased') throw outstanding(leased);
      // A repeated call after a crash sweeps the rest.
      if (operationKindOf(id) !== 'migration') await sweepTasks(redis, ledgerKeys, id);
    },

    async control(id, control, reason) {
      const keys = [ledgerKeys.operation(id), ledgerKeys.lock];
      const [outcome] = await run(scripts.control, keys, [id, control, optional(reason)]);
      if (outcome === 'not-found') throw operationNotFound(id);
    },

    async markRolledBack(rollbackId, which) {
      // The rollback holds the operation lock, so that no migration can begin between the two steps.
      const ids = typeof which === 'string' ? [which] : await runsInTableOf(redis, ledgerKeys, which);
      for (const some of chunksOf(ids)) {
        const keys = some.map((id) => ledgerKeys.operation(id));
        await run(scripts.markRolledBack, keys, [JSON.stringify(rollbackId)]);
      }
    },

    async requireNoLeases() {
      const [outcome, ...leased] = await run(scripts.leases, [ledgerKeys.leases], []);
      if (outcome === 'leased') throw outstanding(leased);
    },

    async addTasks(id, tasks, { expected, done, cursor, coordinatorState }) {
      const chunks = chunksOf(tasks);
      // Only the last step advances the listing: after a crash the same tasks are listed again.
      const expectation = [expected === undefined ? '' : 'expected', optional(expected?.cursor)];
      const last = ['listing', ...expectation, done ? 1 : 0, optional(cursor)];
      const more = ['more', '', '', '', ''];
      const first = [ledgerKeys.operation(id), ledgerKeys.usedBuckets(id)];
      for (const [index, some] of (chunks.length === 0 ? [[]] : chunks).entries()) {
        const { keys, args } = ledgerKeys.withBuckets(id, first, some);
        const isLast = index >= chunks.length - 1;
        const all = isLast ? [...last, ...args, ...stateArguments(coordinatorState)] : [...more, ...args];
        const [outcome] = await run(scripts.addTasks, keys, all);
        if (outcome === 'not-found') throw operationNotFound(id);
        if (outcome === 'missing') return 'missing';
      }
      return 'added';
    },

    async startTask(id, task, options) {
      const kind = operationKindOf(id);
      if (kind === undefined) return { started: false, why: 'unknown-operation' };
      const known = lastStarted?.id === id ? lastStarted : undefined;
      const answer = await run(scripts.startTask, ledgerKeys.task(id, task), [
        id,
        task,
        fieldOf(task),
        bucketOf(task),
        options.reopen === true ? 'reopen' : '',
        options.isolated === true ? 'isolated' : '',
        known === undefined ? '' : 'known',
        leaseMs,
        bindingFingerprint(options.binding),
        options.binding.target.account ?? '',
        quarantineAfterStarts,
        ...stateResetArguments,
      ]);
      const result = startResultOf(answer, kind, known);
      if (result.started) lastStarted = result.operation;
      return result;
    },

    async commit(id, task, commit) {
      const kind = operationKindOf(id);
      if (kind === undefined) return 'missing';
      const { epoch, state, cursor, expected } = commit;
      const deltas = wholeDeltas(kind, commit.deltas);
      const [outcome] = await run(scripts.commit, ledgerKeys.task(id, task), [
        id,
        task,
        fieldOf(task),
        epoch,
        state,
        maxKeptIssues,
        maxKeptIssueBytes,
        leaseMs,
        optional(expected && progressText(kind, expected)),
        optional(cursor),
        deltas.length,
        ...deltas.flatMap(({ index, name, amount }) => [index, name, amount]),
        ...listArguments(commit),
      ]);
      return commitResultOf(outcome);
    },

    async checkAttempts(id, attempts) {
      const keys = [ledgerKeys.operation(id), ledgerKeys.lock, ledgerKeys.leases];
      const args: (string | number)[] = [id, leaseMs, attempts.length];
      for (const { task, epoch } of attempts)
        args.push(task, fieldOf(task), epoch, keys.push(ledgerKeys.bucket(id, bucketOf(task))));
      return (await run(scripts.checkAttempts, keys, args)).map(commitResultOf);
    },

    async resetTask(id, task, epoch) {
      const kind = operationKindOf(id);
      if (kind === undefined) return 'missing';
      const args = [id, task, fieldOf(task), epoch, ...counters[kind]];
      const [outcome] = await run(scripts.resetTask, ledgerKeys.task(id, task), args);
      return commitResultOf(outcome);
    },

    async requeueFailed(id, tasks) {
      const requeued: string[] = [];
      for (const some of chunksOf(tasks)) {
        const { keys, args } = ledgerKeys.withBuckets(id, [ledgerKeys.operation(id)], some);
        const [outcome, ...positions] = await run(scripts.requeueFailed, keys, args);
        if (outcome === 'not-found') throw operationNotFound(id);
        requeued.push(...some.filter((_, index) => positions.includes(String(index))));
      }
      return requeued;
    },

    listTasks: (id, options) => listTasks(redis, ledgerKeys, id, options),

    listed: (id, page) => listEntries(redis, ledgerKeys, id, page),
    issues: (id, page) => listIssues(redis, ledgerKeys, id, page),
    taskIssues: (id, task) => listTaskIssues(redis, ledgerKeys, id, task),

    async readTask(id, task) {
      const [[, state] = [], [, record] = []] =
        (await redis
          .pipeline()
          .hget(ledgerKeys.operation(id), 'state')
          .hget(ledgerKeys.bucket(id, bucketOf(task)), fieldOf(task))
          .exec()) ?? [];
      const kind = operationKindOf(id);
      if (typeof state !== 'string' || kind === undefined) throw operationNotFound(id);
      return typeof record === 'string' ? taskProgressOf(record, kind) : undefined;
    },
  };
  return namingRedisErrors(ledger, redis);
}

async function runsInTableOf(redis: RedisConnection, keys: LedgerKeys, binding: Binding): Promise<string[]> {
  const ids = await redis.zrangebyscore(keys.byStart('migration'), '-inf', '+inf');
  const those: string[] = [];
  for (const some of chunksOf(ids)) {
    const read = some.map((id) => redis.hget(keys.operation(id), 'binding'));
    for (const [index, text] of (await Promise.all(read)).entries())
      if (text !== null && isSameBinding(binding, JSON.parse(text), ['target'])) those.push(some[index]!);
  }
  return those;
}

function outstanding([count, leftMs]: readonly string[]): MigrationError {
  return leasesOutstanding(Number(count), Number(leftMs));
}

function found(operation: Operation | undefined, id: string | undefined): Operation {
  if (operation === undefined) throw operationNotFound(id);
  return operation;
}

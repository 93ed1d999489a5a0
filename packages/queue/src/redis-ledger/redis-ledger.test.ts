import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Issue, Ledger } from '@migrator/core';
import { sampleBinding as binding } from '@migrator/devkit';
import { ledgerContract, type LedgerHarness, type LedgerSettings } from '@migrator/devkit/contracts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bucketCount, bucketOf } from './ledger-keys.ts';
import { connectRedis } from '../connect-redis.ts';
import { startCuttableLine } from '../testing/cuttable-line.ts';
import { createRedisLedger } from './redis-ledger.ts';

const begin = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;

let redis: Redis;

beforeAll(async () => {
  redis = new Redis(inject('services').REDIS_URL, { maxRetriesPerRequest: 0 });
  await redis.ping();
});

afterAll(() => redis.quit());

async function make(
  options: LedgerSettings & { maxKeptIssueBytes?: number } = {},
): Promise<LedgerHarness & { prefix: string }> {
  const prefix = `{ledger-test-${randomUUID()}}`;
  return {
    prefix,
    ledger: createRedisLedger({ redis, prefix, ...options }),
    async done() {
      for (const keys = await keysOf(prefix); keys.length > 0;) await redis.unlink(...keys.splice(0, 1_000));
    },
  };
}

async function keysOf(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of redis.scanStream({ match: `${prefix}*`, count: 10_000 })) keys.push(...page);
  return keys;
}

/** An issue of some 1.2 KB. */
function issueOf(key: string): Issue {
  const detail = { path: `users/a/trading-journal/${key}`, message: 'm'.repeat(1_200) };
  return { task: 'user:a', key, code: 'different', detail };
}

ledgerContract('the ledger in Redis', make, { numRuns: 40 });

describe('the ledger in Redis', () => {
  it.each(['verification', 'rollback', 'migration'] as const)(
    'keeps the issues of the ten newest of a kind: %s',
    async (kind) => {
      const { ledger, prefix, done } = await make();
      const request =
        kind === 'verification'
          ? ({ kind, mode: 'full' } as const)
          : kind === 'rollback'
            ? ({ kind, dryRun: true } as const)
            : begin;
      const ids: string[] = [];
      for (let run = 0; run < 13; run += 1) {
        const opened = await ledger.open(request, { now: new Date(), binding });
        if (!opened.opened) throw new Error('it is free');
        const { id } = opened.operation;
        ids.push(id);
        const { epoch } = await startTask(ledger, id, 'user:a');
        const issues = [issueOf('a')];
        await ledger.commit(id, 'user:a', { epoch, state: 'failed', deltas: {}, issues });
        await ledger.close(id, { state: 'completed-with-failures', now: new Date() });
      }
      const kept = await Promise.all(
        ids.map(async (id) => (await ledger.issues(id, { limit: 5 })).issues.length),
      );
      expect(kept).toEqual([0, 0, 0, ...Array.from({ length: 10 }, () => 1)]);
      expect((await ledger.get(ids[0]!))?.codes).toEqual({ different: 1 });
      expect((await keysOf(prefix)).filter((key) => key.includes(':issues'))).toHaveLength(3 * 10);
      await done();
    },
  );

  it('keeps so many bytes of issues, counts the others, and has room again for those that are resolved', async () => {
    const { ledger, done } = await make({ maxKeptIssueBytes: 20_000 });
    const id = await openMigration(ledger);
    const { epoch } = await startTask(ledger, id, 'user:a');
    const commit = async (keys: readonly string[], resolved: readonly string[] = []): Promise<number> => {
      const issues = keys.map((key) => issueOf(key));
      await ledger.commit(id, 'user:a', { epoch, state: 'running', deltas: {}, issues, resolved });
      return (await ledger.taskIssues(id, 'user:a')).length;
    };
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const kept = await commit(keys);
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(20);
    expect((await ledger.get(id))?.codes).toEqual({ different: 100 });
    expect(await commit(keys.slice(0, 5))).toBe(kept);
    expect(await commit(['more'], keys.slice(0, 5))).toBe(kept - 4);
    await ledger.resetTask(id, 'user:a', epoch);
    expect(await ledger.get(id)).toMatchObject({ codes: {} });
    expect(await commit(keys)).toBe(kept);
    await done();
  });

  it('weighs less than 100 bytes a task, as full as a million users make it', async () => {
    const { ledger, prefix, done } = await make();
    const id = await openMigration(ledger);
    // Users whose buckets are among the first few: as many to a bucket as a million users are.
    const wanted = 20_000;
    const tasks = usersInBuckets(wanted, Math.round((wanted / 1_000_000) * bucketCount));
    await ledger.addTasks(id, tasks, { done: true });
    await inBatches(tasks, async (task) => {
      const { epoch } = await startTask(ledger, id, task);
      const deltas = { created: 365, bytes: 1_234_567, writeUnits: 1_460, readUnits: 730, encodedAsText: 12 };
      await ledger.commit(id, task, { epoch, state: 'done', cursor: '$', deltas });
    });
    expect((await ledger.get(id))?.totals['created']).toBe(365 * wanted);

    const buckets = (await keysOf(prefix)).filter((key) => key.includes(':u:'));
    let bytes = 0;
    for (const bucket of buckets) {
      expect(await redis.object('ENCODING', bucket)).toBe('listpack');
      bytes += (await redis.memory('USAGE', bucket, 'SAMPLES', 0)) ?? 0;
    }
    expect(bytes / wanted).toBeLessThan(100);
    await done();
  });

  it('leaves nothing but the operation and its issues behind when a verification ends', async () => {
    const { ledger, prefix, done } = await make();
    const opened = await ledger.open({ kind: 'verification', mode: 'full' }, { now: new Date(), binding });
    if (!opened.opened) throw new Error('not opened');
    const { id } = opened.operation;
    const tasks = Array.from({ length: 3_000 }, (_, index) => `user:${index}`);
    await ledger.addTasks(id, tasks, { done: true });
    await ledger.close(id, { state: 'completed', now: new Date() });
    expect((await keysOf(prefix)).toSorted()).toStrictEqual(
      [`${prefix}:ledger:op:${id}`, `${prefix}:ledger:ops:verification`, `${prefix}:ledger:lock`].toSorted(),
    );
    await done();
  });

  it('keeps the tasks of the ten newest migrations; an older one can not be taken up again', async () => {
    const { ledger, prefix, done } = await make();
    const ids: string[] = [];
    for (let run = 0; run < 12; run += 1) {
      const id = await openMigration(ledger);
      ids.push(id);
      const { epoch } = await startTask(ledger, id, 'user:a');
      await ledger.commit(id, 'user:a', { epoch, state: 'failed', deltas: { failed: 1 } });
      await ledger.addTasks(id, [], { done: true });
      await ledger.close(id, { state: 'completed-with-failures', now: new Date() });
    }
    const buckets = (await keysOf(prefix)).filter((key) => key.includes(':u:'));
    expect(buckets).toHaveLength(10);
    const [first, , third] = ids;
    expect(await ledger.startTask(first ?? '', 'user:a', { binding, reopen: true })).toMatchObject({
      why: 'closed',
    });
    await expect(ledger.reopen(first ?? '', {})).rejects.toMatchObject({ code: 'NOT_RETRYABLE' });
    expect((await ledger.get(first ?? ''))?.totals).toStrictEqual({ failed: 1 });
    expect(await ledger.reopen(third ?? '', {})).toMatchObject({ opened: true });
    await done();
  });

  it('answers with an operation as its record is, whatever the texts in it hold', async () => {
    const { ledger, prefix, done } = await make({ leaseMs: 0 });
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('');
    const text = `${ascii}\\u0041 \\\\" ["]},{'/*]] \u0080ü\u2028\u2029\ufeff\uffff😀\ud800`;
    const request = { ...begin, userIds: [text, '', '"', '\\'] };
    const opened = await ledger.open(request, { now: new Date(), binding });
    if (!opened.opened) throw new Error('not opened');
    const { id } = opened.operation;
    await ledger.update(id, { coordinatorState: { lastError: text, missingUsers: 0 } });
    await ledger.addTasks(id, ['user:a'], { done: false, cursor: text });
    const record = `${prefix}:ledger:op:${id}`;
    await redis.hset(
      record,
      `k:${text}`,
      7,
      't:created',
      0,
      't:bytes',
      Number.MIN_SAFE_INTEGER,
      'reason',
      text,
    );
    // No UTF-8: a stray byte, halves of characters, a surrogate, an overlong quotation mark.
    const bytes = [0xff, 0x22, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xc0, 0xa2, 0xf0, 0x9f, 0x5c, 0xe2, 0x82];
    await redis.hset(record, 'parent', Buffer.from(bytes));

    const asItIs = await ledger.get(id);
    const survives = text.toWellFormed();
    expect(asItIs).toMatchObject({
      request,
      reason: survives,
      listing: { cursor: survives },
      coordinatorState: { lastError: text, missingUsers: 0 },
      codes: { [survives]: 7 },
    });
    expect(asItIs?.totals).toStrictEqual({ bytes: Number.MIN_SAFE_INTEGER });
    // The second time the request is known.
    for (let start = 1; start <= 2; start += 1) {
      const started = await ledger.startTask(id, 'user:a', { binding });
      expect(started.started && started.operation).toStrictEqual(asItIs);
    }
    await ledger.close(id, { state: 'completed', now: new Date() });
    const reopened = await ledger.reopen(id, { userId: text });
    expect(reopened.opened && reopened.operation).toStrictEqual(await ledger.get(id));
    await done();
  });

  it('knows the requests of several operations apart', async () => {
    const { ledger, done } = await make();
    const parent = await openMigration(ledger);
    const opened = await ledger.open(
      { kind: 'prune', dryRun: false, list: true, userIds: ['a'] },
      { now: new Date(), binding, parent },
    );
    if (!opened.opened) throw new Error('not opened');
    const ids = [parent, opened.operation.id];
    for (const id of [...ids, ...ids.toReversed(), ...ids]) {
      const started = await ledger.startTask(id, 'user:a', { binding, isolated: true });
      expect(started.started && started.operation).toStrictEqual(await ledger.get(id));
    }
    await done();
  });

  it('runs on after Redis has forgotten its scripts', async () => {
    const { ledger, done } = await make();
    await redis.script('FLUSH');
    const id = await openMigration(ledger);
    await redis.script('FLUSH');
    expect(await startTask(ledger, id, 'user:a')).toMatchObject({ epoch: 1 });
    await done();
  });

  it('refuses a connection that would record a commit twice', async () => {
    const resending = new Redis(inject('services').REDIS_URL, { lazyConnect: true });
    expect(() => createRedisLedger({ redis: resending, prefix: 'x' })).toThrow(TypeError);
  });

  it('records a commit once whose answer is lost, and rejects', async () => {
    const { prefix, ledger, done } = await make();
    const id = await openMigration(ledger);
    const line = await startCuttableLine(new URL(inject('services').REDIS_URL));
    const fragile = connectRedis({ url: `redis://127.0.0.1:${line.port}` }, 'ledger', () => {});
    await once(fragile, 'ready');
    const other = createRedisLedger({ redis: fragile, prefix });
    const { epoch } = await startTask(other, id, 'user:a');

    // The script is known after this, so that the next answer is the commit's own.
    await other.commit(id, 'user:a', { epoch, state: 'running', deltas: { created: 1 } });
    line.cutAtNextAnswer();
    const reconnected = once(fragile, 'ready');
    const commit = other.commit(id, 'user:a', { epoch, state: 'running', deltas: { created: 1 } });
    await expect(commit).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await reconnected;

    expect(await startTask(other, id, 'user:a')).toMatchObject({ epoch: 2, counters: { created: 2 } });
    expect((await ledger.get(id))?.totals).toStrictEqual({ created: 2 });
    await fragile.quit();
    await line.stop();
    await done();
  });
});

async function openMigration(ledger: Ledger): Promise<string> {
  const opened = await ledger.open(begin, { now: new Date(), binding });
  if (!opened.opened) throw new Error(`${opened.current.id} holds the operation lock`);
  return opened.operation.id;
}

async function startTask(
  ledger: Ledger,
  id: string,
  task: string,
): Promise<{ epoch: number; counters: Readonly<Record<string, number>> }> {
  const result = await ledger.startTask(id, task, { binding });
  if (!result.started) throw new Error(`${task} did not start: ${result.why}`);
  return result;
}

/** Ids of the length that Firebase Authentication gives. */
function usersInBuckets(count: number, buckets: number): string[] {
  const tasks: string[] = [];
  for (let index = 0; tasks.length < count; index++) {
    const task = `user:${index.toString(36).padStart(6, '0')}wZ3kQ8vN1xLr7TfYb2HcGd`;
    if (bucketOf(task) < buckets) tasks.push(task);
  }
  return tasks;
}

async function inBatches(tasks: readonly string[], work: (task: string) => Promise<void>): Promise<void> {
  for (let index = 0; index < tasks.length; index += 500) {
    await Promise.all(tasks.slice(index, index + 500).map(work));
  }
}

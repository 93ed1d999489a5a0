import { GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { taskId } from '@migrator/core';
import { oddIds } from '@migrator/devkit';
import { FieldValue, GeoPoint, Timestamp } from 'firebase-admin/firestore';
import { expect, test, vi } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=50' } };

test('a run moves every entry of every user, with odd ids too, and says so', async () => {
  await using environment = await openTestEnvironment({ workers: 2 });
  const { firestore } = environment;
  const writer = firestore.bulkWriter();
  const users = [
    'alice',
    'failed',
    'completed',
    '123',
    "it's",
    'co:lon',
    '100%',
    'a b',
    'x'.repeat(600),
    ...oddIds,
  ];
  let entries = 0;
  const add = (user: string, date: string): void => {
    entries += 1;
    void writer.set(firestore.doc(`users/${user}/trading-journal/${date}`), {
      trades: [
        { symbol: 'ES', price: 0.1 + 0.2, at: Timestamp.fromMillis(1e12), where: new GeoPoint(1.5, -2) },
      ],
      heatmap: { 'a.b': Number.NaN },
      vector: FieldValue.vector([1, 2.5]),
      userId: 'own',
    });
  };
  for (const user of new Set(users)) {
    if (user !== 'failed') void writer.set(firestore.doc(`users/${user}`), { name: user });
    for (const date of ['2026-01-01', '2026-01-02', 'odd date: "x" 100% ü']) add(user, date);
  }
  for (let index = 0; index < 700; index += 1) add('crowd', `2026-${String(index).padStart(4, '0')}`);
  void writer.set(firestore.doc('users/nobody'), { name: 'no journal' });
  await writer.close();

  const answer = await environment.call('POST /start', wait);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    state: 'completed',
    stats: {
      totalProcessed: entries,
      successCount: entries,
      createdCount: entries,
      failureCount: 0,
      skippedCount: 0,
      users: { listed: new Set(users).size + 2, failed: 0 },
    },
    verification: { isValid: true, counts: { firestore: entries, dynamodb: entries } },
  });
  expect(await countItems(environment)).toBe(entries);
  const { Item } = await environment.dynamodb.send(
    new GetItemCommand({
      TableName: environment.table,
      Key: { dateKey: { S: 'journal_failed_2026-01-01' } },
    }),
  );
  const migratedAt = at(answer.body, 'stats.startTime') as string;
  expect(Item).toMatchObject({
    dateKey: { S: 'journal_failed_2026-01-01' },
    updatedAt: { S: migratedAt },
    data: {
      M: {
        userId: { S: 'failed' },
        date: { S: '2026-01-01' },
        trades: {
          L: [
            {
              M: {
                symbol: { S: 'ES' },
                price: { N: '0.30000000000000004' },
                at: { S: '2001-09-09T01:46:40.000000Z' },
                where: { M: { latitude: { N: '1.5' }, longitude: { N: '-2' } } },
              },
            },
          ],
        },
        heatmap: { M: { 'a.b': { S: 'NaN' } } },
        performance: { M: {} },
        vector: { L: [{ N: '1' }, { N: '2.5' }] },
        metadata: {
          M: {
            migratedFrom: { S: 'firestore' },
            migratedAt: { S: migratedAt },
            source: { M: { userId: { S: 'own' } } },
          },
        },
      },
    },
  });
});

test('a second run writes nothing where nothing changed, and repairs what did', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 'ann', 5);
  await environment.call('POST /start', wait);
  const second = await environment.call('POST /start', wait);
  expect(second.body).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 5, skippedCount: 5, successCount: 0, writeUnits: 0, bytesWritten: 0 },
    verification: { isValid: true },
  });
  await environment.firestore.doc('users/ann/trading-journal/day-1').set({ trades: [1] });
  await fill(environment, 'bob', 2);
  const third = await environment.call('POST /start', wait);
  expect(third.body).toMatchObject({
    stats: { totalProcessed: 7, skippedCount: 4, successCount: 3, createdCount: 2, repairedCount: 1 },
    verification: { isValid: true },
  });
});

test('a failed entry fails its job; retried on Bull Board after the run, it moves the totals', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 'ann', 3);
  const large = environment.firestore.doc('users/ann/trading-journal/large');
  await large.set({ trades: ['x'.repeat(500_000)] });
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({
    state: 'completed-with-failures',
    stats: {
      totalProcessed: 4,
      successCount: 3,
      failureCount: 1,
      users: { listed: 1, completed: 0, failed: 1 },
      errors: [{ path: 'users/ann/trading-journal/large', code: 'ITEM_TOO_LARGE' }],
    },
  });
  const [job] = await environment.context.queues.tasks.getFailed();
  expect(job?.name).toBe('migrate ann');
  expect(job?.failedReason).toMatch(/^1 entry failed: 1 ITEM_TOO_LARGE/);

  await large.set({ trades: ['small'] });
  await job?.retry();
  const last = await vi.waitFor(
    async () => {
      const status = await environment.call('GET /status');
      expect(status.body).toMatchObject({
        currentStatus: { state: 'idle' },
        lastMigration: { state: 'completed' },
      });
      return at(status.body, 'lastMigration');
    },
    { timeout: 20_000, interval: 100 },
  );
  expect(last).toMatchObject({
    migrationId: at(body, 'migrationId'),
    stats: {
      totalProcessed: 4,
      successCount: 4,
      failureCount: 0,
      errors: [],
      users: { completed: 1, failed: 0 },
    },
    verification: { isValid: true },
  });
  expect(await countItems(environment)).toBe(4);
});

test('a job that runs twice at once counts once', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { AttemptWatcher, runTask } = await import('@migrator/engine');
  await fill(environment, 'ann', 40);
  const opened = await environment.context.ledger.open(
    { kind: 'migration', dryRun: false, verify: false, prune: false },
    { now: new Date(), binding: await environment.context.binding() },
  );
  if (!opened.opened) throw new Error('the operation lock is taken');
  const { id } = opened.operation;
  // Small pages, so that both are in the middle of it for long.
  const context = { ...environment.context, settings: { ...environment.context.settings, pageEntries: 3 } };
  const task = taskId({ type: 'user', userId: 'ann' });
  const attempt = {
    signal: new AbortController().signal,
    watcher: new AttemptWatcher(environment.context.ledger),
    lastAttempt: false,
    reopen: false,
    onProgress: () => undefined,
    onEvent: () => undefined,
  };
  const results = await Promise.all([1, 2, 3].map(() => runTask(context, id, task, attempt)));
  const outcomes = results.map((result) => ('outcome' in result ? result.outcome : result.why));
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(2);
  const operation = await environment.context.ledger.get(id);
  expect(operation?.totals).toMatchObject({ created: 40 });
  expect(operation?.tasks).toEqual({ listed: 1, completed: 1, failed: 0 });
});

test('one operation at a time: a second start is told what runs', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 'ann', 1);
  const first = await environment.call('POST /start');
  expect(first.status).toBe(202);
  expect(first.body).toMatchObject({ stats: { totalProcessed: 0 }, verification: null });
  const second = await environment.call('POST /start');
  expect(second.status).toBe(409);
  expect(second.headers.get('content-type')).toMatch('application/problem+json');
  expect(second.body).toMatchObject({
    code: 'OPERATION_RUNNING',
    migrationId: at(first.body, 'migrationId'),
  });
  for (const request of ['POST /rollback', 'GET /verify']) {
    expect((await environment.call(request)).status).toBe(409);
  }
});

test('a pause of what an error has paused keeps the reason of the error', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 'ann', 1);
  const { body } = await environment.call('POST /start');
  await environment.context.ledger.control(String(at(body, 'migrationId')), 'pause', 'ACCESS_DENIED: no');
  await environment.call('POST /pause');
  expect(await reason(environment)).toBe('ACCESS_DENIED: no');
  await environment.call('POST /resume');
  await environment.call('POST /pause');
  expect(await reason(environment)).toMatch(/^paused by an operator/);
});

test('paused, nothing moves; resumed, it goes on where it was; cancelled, it ends and says so', async () => {
  await using environment = await openTestEnvironment({
    env: { WRITE_CONCURRENCY: '2', USER_CONCURRENCY: '2' },
  });
  for (const user of ['ann', 'bob', 'cid']) await fill(environment, user, 400);
  const started = await environment.call('POST /start');
  await vi.waitFor(async () => expect(await processed(environment)).toBeGreaterThan(0), {
    timeout: 20_000,
    interval: 20,
  });
  expect((await environment.call('POST /pause')).status).toBe(200);
  await vi.waitFor(async () => expect(await state(environment)).toBe('paused'), {
    timeout: 5_000,
    interval: 50,
  });
  expect(await reason(environment)).toMatch(/^paused by an operator/);
  const before = await processed(environment);
  expect(before).toBeLessThan(1_200);
  expect(await countItems(environment)).toBe(before);

  await environment.call('POST /resume');
  await vi.waitFor(async () => expect(await processed(environment)).toBeGreaterThan(before), {
    timeout: 10_000,
    interval: 50,
  });
  await environment.call('POST /cancel');
  await vi.waitFor(async () => expect(await state(environment)).toBe('idle'), {
    timeout: 10_000,
    interval: 50,
  });
  const { body } = await environment.call(`GET /migrations/${String(at(started.body, 'migrationId'))}`);
  expect(body).toMatchObject({ state: 'cancelled' });
  expect(await countItems(environment)).toBe(at(body, 'stats.totalProcessed'));
});

async function fill(environment: TestEnvironment, user: string, entries: number): Promise<void> {
  const writer = environment.firestore.bulkWriter();
  for (let index = 0; index < entries; index += 1) {
    void writer.set(environment.firestore.doc(`users/${user}/trading-journal/day-${index}`), {
      trades: [{ pnl: index / 3 }],
    });
  }
  await writer.close();
}

async function countItems(environment: TestEnvironment): Promise<number> {
  let count = 0;
  for await (const page of paginateScan(
    { client: environment.dynamodb },
    { TableName: environment.table, ConsistentRead: true },
  )) {
    count += page.Count ?? 0;
  }
  return count;
}

async function state(environment: TestEnvironment): Promise<unknown> {
  return at((await environment.call('GET /status')).body, 'currentStatus.state');
}

async function reason(environment: TestEnvironment): Promise<unknown> {
  return at((await environment.call('GET /status')).body, 'currentStatus.progress.reason');
}

async function processed(environment: TestEnvironment): Promise<number> {
  return Number(at((await environment.call('GET /status')).body, 'currentStatus.progress.processed') ?? 0);
}

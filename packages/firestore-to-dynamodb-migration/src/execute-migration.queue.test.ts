import { startOperation, waitForOperation } from '@migrator/engine';
import { startRedis } from '@migrator/devkit';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { MigrationProgress } from './migration-result.ts';
import { days, openTestEnvironment, tooLarge } from './test-support/open-test-environment.ts';

test('a whole run with a worker of its own; the next boot has its result and starts nothing', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(7));
  await environment.fill('bob', days(5));
  const reported: MigrationProgress[] = [];
  const result = await environment.overQueue({ onProgress: (progress) => reported.push(progress) });
  expect(result).toMatchObject({
    migrationId: expect.stringMatching(/^migration-\d{8}T\d{9}Z$/),
    state: 'completed',
    dryRun: false,
    stats: {
      totalProcessed: 12,
      successCount: 12,
      failureCount: 0,
      users: { listed: 2, completed: 2, failed: 0 },
    },
    verification: { isValid: true, counts: { firestore: 12, dynamodb: 12 } },
  });
  expect(await environment.countItems()).toBe(12);
  expect(reported[0]).toMatchObject({ migrationId: result.migrationId, processed: expect.any(Number) });

  const context = await environment.openQueue();
  expect(await context.queues.tasks.getWorkersCount()).toBe(0);
  expect(await environment.overQueue()).toEqual(result);
  const { operations } = await context.ledger.list('migration', { limit: 10 });
  expect(operations).toHaveLength(1);
});

test('again: another run, which writes nothing where nothing has changed', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(4));
  const first = await environment.overQueue();
  const second = await environment.overQueue({ again: true });
  expect(second.migrationId).not.toBe(first.migrationId);
  expect(second).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 4, skippedCount: 4, writeUnits: 0 },
  });
});

test.each([false, true])(
  'instances that boot at once make one run, with one result (again: %s)',
  async (again) => {
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(40));
    if (again) await environment.overQueue();
    const results = await Promise.all(Array.from({ length: 5 }, () => environment.overQueue({ again })));
    for (const result of results) expect(result).toEqual(results[0]);
    const context = await environment.openQueue();
    const { operations } = await context.ledger.list('migration', { limit: 10 });
    expect(operations).toHaveLength(again ? 2 : 1);
  },
);

test('with another worker at the queue it brings none, until that one vanishes', async () => {
  await using environment = await openTestEnvironment();
  for (const user of ['ann', 'bob']) await environment.fill(user, days(150));
  const context = await environment.openQueue();
  const other = environment.addWorker(context);
  await vi.waitFor(async () => expect(await context.queues.tasks.getWorkersCount()).toBe(1), 20_000);
  const running = environment.overQueue();
  await vi.waitFor(async () => expect(await context.ledger.current()).toBeDefined(), { timeout: 10_000 });
  expect(await context.queues.tasks.getWorkersCount()).toBe(1);
  await other.stop();
  expect(await running).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 300, successCount: 300 },
  });
});

test('a run with failures is taken up again at the next boot, its failed users only', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  await environment.fill('bob', [...days(2), tooLarge('large')]);
  const first = await environment.overQueue();
  expect(first).toMatchObject({
    state: 'completed-with-failures',
    stats: { totalProcessed: 6, failureCount: 1, errors: [{ code: 'ITEM_TOO_LARGE' }], users: { failed: 1 } },
    verification: { isValid: false },
  });
  await environment.fill('bob', [{ date: 'large', fields: { trades: [] } }]);
  const second = await environment.overQueue();
  expect(second).toMatchObject({
    migrationId: first.migrationId,
    state: 'completed',
    stats: { totalProcessed: 6, successCount: 6, failureCount: 0, users: { completed: 2, failed: 0 } },
  });
});

test('after a rollback nothing is migrated until it is asked for', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  const { migrationId } = await environment.overQueue();
  const context = await environment.openQueue();
  const worker = environment.addWorker(context);
  const { id } = await startOperation(context, { kind: 'rollback', dryRun: false });
  expect(await waitForOperation(() => context.ledger.get(id), { limitMs: 20_000 })).toMatchObject({
    state: 'completed',
  });
  await worker.stop();
  expect(await environment.countItems()).toBe(0);

  await expect(environment.overQueue()).rejects.toMatchObject({
    code: 'ROLLED_BACK',
    message: expect.stringContaining(migrationId),
  });
  expect(await environment.countItems()).toBe(0);
  expect(await environment.overQueue({ again: true })).toMatchObject({ state: 'completed' });
  expect(await environment.overQueue()).toMatchObject({ state: 'completed' });
  expect(await environment.countItems()).toBe(3);
});

test('a call that is ended leaves the run where it is; the next goes on with it, a stuck one too', async () => {
  await using environment = await openTestEnvironment();
  for (const user of ['ann', 'bob', 'cid']) await environment.fill(user, days(300));
  const context = await environment.openQueue();
  const stop = new AbortController();
  const ended = environment.overQueue({ signal: stop.signal, onProgress: () => stop.abort() });
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  const current = await context.ledger.current();
  expect(current).toMatchObject({ state: 'running' });
  // What only a person can help pauses a run with the reason. To start the application again is to act.
  await context.ledger.control(current?.id ?? '', 'pause', 'ACCESS_DENIED: not allowed');
  expect(await environment.overQueue()).toMatchObject({
    migrationId: current?.id,
    state: 'completed',
    stats: { totalProcessed: 900, successCount: 900 },
  });
});

test('a Redis that goes away for a moment is sat out', async () => {
  await using environment = await openTestEnvironment();
  for (const user of ['ann', 'bob', 'cid']) await environment.fill(user, days(300));
  const redis = await startRedis({ appendOnly: true });
  onTestFinished(() => redis.stop());
  const restarts: Promise<void>[] = [];
  const result = await environment.overQueue({
    redisUrl: redis.url,
    onProgress: () => void (restarts.length === 0 && restarts.push(redis.restart())),
  });
  await Promise.all(restarts);
  expect(restarts).toHaveLength(1);
  expect(result).toMatchObject({ state: 'completed', stats: { totalProcessed: 900, successCount: 900 } });
});

test('a dry run writes nothing and counts for nothing, nor does a run of some users for all', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  await environment.fill('bob', days(2));
  const dry = await environment.overQueue({ dryRun: true });
  expect(dry).toMatchObject({
    state: 'completed',
    dryRun: true,
    stats: { successCount: 5 },
    verification: null,
  });
  expect(await environment.countItems()).toBe(0);
  const some = await environment.overQueue({ userIds: ['ann'] });
  expect(some).toMatchObject({ dryRun: false, stats: { totalProcessed: 3 } });
  expect(await environment.overQueue({ userIds: ['ann'] })).toEqual(some);
  expect(await environment.overQueue()).toMatchObject({
    stats: { totalProcessed: 5, createdCount: 2, skippedCount: 3 },
  });
});

test('what has to be fixed first rejects with its code', async () => {
  await using environment = await openTestEnvironment();
  await expect(environment.overQueue()).rejects.toMatchObject({ name: 'MigrationError', code: 'NO_DATA' });
  await environment.fill('ann', days(1));
  const other = { ...environment.env, DYNAMODB_TABLE: 'no-such-table' };
  await expect(environment.overQueue({ env: other })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  await expect(environment.overQueue({ redisUrl: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
  });
  // Nothing of it stays behind.
  const context = await environment.openQueue();
  expect(await context.ledger.current()).toBeUndefined();
  expect(await environment.overQueue()).toMatchObject({ state: 'completed' });
});

import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change, fill, type Item, put, read, remove } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };

test('tampering is named with its kind and place, repaired by a second run, and what is not ours survives the rollback', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1_234_567.8);
  await environment.call('POST /start', wait);
  expect((await environment.call('GET /verify')).body).toMatchObject({
    isValid: true,
    issues: [],
    counts: { firestore: 8, dynamodb: 8 },
    message: 'Verification shows no issues',
  });

  await remove(environment, 'journal_ann_1');
  await change(environment, 'journal_ann_2', (item) => (price(item).N = '1234567.9'));
  await change(environment, 'journal_ann_3', (item) => {
    const { N } = price(item);
    Object.assign(item['data']?.M?.['trades']?.L?.[0]?.M ?? {}, { price: { S: N } });
  });
  const stray = await read(environment, 'journal_ann_4');
  Object.assign(stray['data']?.M ?? {}, { date: { S: 'stray' } });
  await put(environment, { ...stray, dateKey: { S: 'journal_ann_stray' } });
  await change(environment, 'journal_bob_1', (item) => {
    item['updatedAt'] = { S: new Date().toISOString() };
    item['saved'] = { S: 'by the application' };
  });
  await put(environment, { dateKey: { S: 'settings_1' }, theme: { S: 'dark' } });
  await environment.firestore.doc('users/bob/trading-journal/2').set({ trades: [{ price: 9 }] });

  const { body } = await environment.call('GET /verify');
  expect(body).toMatchObject({
    isValid: false,
    issueCounts: { missing: 1, different: 2, 'source-changed': 1, unexpected: 1, 'target-changed': 1 },
  });
  expect(at(body, 'message')).toMatch(/^Data mismatch: 1 entry without an item; 2 items that differ/);
  const issues = new Map(
    (at(body, 'issues') as { dateKey: string }[]).map((issue) => [issue.dateKey, issue]),
  );
  expect(Object.fromEntries(issues)).toMatchObject({
    journal_ann_1: { kind: 'missing', path: 'users/ann/trading-journal/1', fields: [] },
    journal_ann_2: {
      kind: 'different',
      fields: [{ at: 'data.trades[0].price', actual: expect.stringContaining('1234567.9') }],
    },
    journal_ann_3: { kind: 'different', fields: [{ at: 'data.trades[0].price' }] },
    journal_ann_stray: { kind: 'unexpected', path: 'users/ann/trading-journal/stray' },
    journal_bob_1: { kind: 'target-changed' },
    journal_bob_2: { kind: 'source-changed' },
  });
  expect(issues.size).toBe(6);

  const second = await environment.call('POST /start', wait);
  expect(second.body).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 8, createdCount: 1, repairedCount: 3, skippedCount: 4, conflictCount: 1 },
    verification: {
      isValid: false,
      issueCounts: { unexpected: 1, 'target-changed': 1, missing: 0, different: 0 },
    },
  });
  const pruned = await environment.call('POST /start', { ...wait, body: { prune: true } });
  expect(pruned.body).toMatchObject({ verification: { isValid: true, issueCounts: { unexpected: 0 } } });

  const dry = await environment.call('POST /rollback', { body: { dryRun: true } });
  expect(dry.body).toMatchObject({
    success: true,
    dryRun: true,
    deleted: 7,
    kept: 2,
    message: expect.stringMatching(/^Dry run: 7/),
  });
  expect(at(dry.body, 'bytes')).toBeGreaterThan(0);
  expect(await keys(environment)).toHaveLength(9);

  const rollback = await environment.call('POST /rollback', { body: { dryRun: false } });
  expect(rollback.body).toMatchObject({
    success: true,
    deleted: 7,
    kept: 2,
    keptReasons: { changedByApplication: 1, notMigrated: 1 },
  });
  expect(await keys(environment)).toEqual(['journal_bob_1', 'settings_1']);
  const { body: status } = await environment.call('GET /status');
  expect(at(status, 'lastMigration.rolledBackBy')).toBe(at(rollback.body, 'rollbackId'));
});

test('the rollback of one run leaves what other runs wrote, and its jobs can not be retried', async () => {
  await using environment = await openTestEnvironment();
  const large = environment.firestore.doc('users/ann/trading-journal/large');
  await large.set({ trades: ['x'.repeat(500_000)] });
  await fill(environment, 1_234_567.8);
  const first = await environment.call('POST /start', wait);
  await environment.firestore.doc('users/bob/trading-journal/new').set({ trades: [] });
  const second = await environment.call('POST /start', wait);
  expect(second.body).toMatchObject({ stats: { createdCount: 1, skippedCount: 8, failureCount: 1 } });

  const migrationId = String(at(first.body, 'migrationId'));
  const rollback = await environment.call('POST /rollback', { body: { dryRun: false, migrationId } });
  expect(rollback.body).toMatchObject({ success: true, deleted: 8, kept: 1, keptReasons: { otherRun: 1 } });
  expect(await keys(environment)).toEqual(['journal_bob_new']);

  const retried = await environment.call(`POST /migrations/${migrationId}/retry`);
  expect(retried).toMatchObject({ status: 409, body: { code: 'ROLLED_BACK' } });
  const jobs = await environment.context.queues.tasks.getFailed();
  const job = jobs.find(({ data }) => data.operationId === migrationId);
  await large.set({ trades: ['small'] });
  await job?.retry();
  const reason = async (): Promise<string> =>
    (await environment.context.queues.tasks.getJob(job?.id ?? ''))?.failedReason ?? '';
  await expect.poll(reason, { timeout: 10_000 }).toMatch(/rolled back by rollback-/);
  expect(await keys(environment)).toEqual(['journal_bob_new']);
});

test('failures are listed by page and code, and retried by user and code until none is left', async () => {
  await using environment = await openTestEnvironment();
  const journal = (user: string, date: string) =>
    environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  for (let index = 0; index < 3; index += 1)
    await journal('ann', `large-${index}`).set({ trades: ['x'.repeat(450_000)] });
  await journal('bob', 'large').set({ trades: ['x'.repeat(450_000)] });
  await journal('cid', 'y'.repeat(1_400)).set({ trades: [] });
  await journal('c'.repeat(1_000), 'y'.repeat(1_400)).set({ trades: [] });
  const { body } = await environment.call('POST /start', wait);
  const id = String(at(body, 'migrationId'));
  expect(body).toMatchObject({
    state: 'completed-with-failures',
    stats: { totalProcessed: 6, failureCount: 5, successCount: 1 },
  });

  const failures = await environment.call(`GET /migrations/${id}/failures`);
  expect(failures.body).toMatchObject({ counts: { ITEM_TOO_LARGE: 4, KEY_TOO_LONG: 1 }, nextCursor: null });
  const tooLong = await environment.call(`GET /migrations/${id}/failures?code=KEY_TOO_LONG`);
  expect(at(tooLong.body, 'failures')).toMatchObject([
    { code: 'KEY_TOO_LONG', attempts: 1, message: expect.stringMatching(/^Failed to save journal data: /) },
  ]);

  for (let index = 0; index < 3; index += 1) await journal('ann', `large-${index}`).set({ trades: [] });
  await journal('bob', 'large').delete();
  const one = await environment.call(`POST /migrations/${id}/retry`, { ...wait, body: { userId: 'ann' } });
  expect(one.body).toMatchObject({
    stats: { totalProcessed: 6, successCount: 4, failureCount: 2, users: { failed: 2 } },
  });
  const code = await environment.call(`POST /migrations/${id}/retry`, {
    ...wait,
    body: { code: 'ITEM_TOO_LARGE' },
  });
  expect(code.body).toMatchObject({
    stats: { totalProcessed: 6, successCount: 4, skippedCount: 1, failureCount: 1 },
  });
  await environment.firestore.doc(`users/${'c'.repeat(1_000)}/trading-journal/${'y'.repeat(1_400)}`).delete();
  const all = await environment.call(`POST /migrations/${id}/retry`, wait);
  expect(all.body).toMatchObject({
    state: 'completed',
    stats: {
      totalProcessed: 6,
      successCount: 4,
      skippedCount: 2,
      failureCount: 0,
      users: { listed: 4, completed: 4, failed: 0 },
    },
    verification: { isValid: true },
  });
});

test('a dry run writes nothing and never becomes the last migration', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1_234_567.8);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 4 } });
  const dry = await environment.call('POST /start', { ...wait, body: { dryRun: true } });
  expect(dry.body).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 8, createdCount: 8, writeUnits: 8 },
    verification: null,
    estimate: {
      firestoreReads: { run: 8 + 2 + 1 },
      dynamodbWriteUnits: 8,
      users: { listed: 2, withoutDocument: 2 },
      prices: { note: expect.stringMatching(/us-east-1/) },
      secondsAt: [{ writeUnitsPerSecond: 4, seconds: 2 }, {}, {}, {}],
    },
  });
  expect(await keys(environment)).toEqual([]);
  expect((await environment.call('GET /status')).body).toMatchObject({ lastMigration: null });
  expect((await environment.call('POST /start', wait)).body).toMatchObject({ stats: { createdCount: 8 } });
});

test('a dry run predicts conflicts, skips, collisions and what can not be an item', async () => {
  await using environment = await openTestEnvironment();
  const journal = (user: string, date: string) =>
    environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  await fill(environment, 1_234_567.8);
  await environment.call('POST /start', wait);
  await change(environment, 'journal_bob_1', (item) => (item['updatedAt'] = { S: 'later' }));
  await change(environment, 'journal_bob_2', (item) => (price(item).N = '1'));
  await journal('a', 'b_c').set({ trades: [] });
  await journal('a_b', 'c').set({ trades: [Number.NaN], heatmap: [] });
  await journal('cid', 'large').set({ trades: ['x'.repeat(450_000)] });
  const before = await keys(environment);
  const dry = await environment.call('POST /start', { ...wait, body: { dryRun: true } });
  expect(dry.body).toMatchObject({
    stats: {
      totalProcessed: 11,
      createdCount: 1,
      repairedCount: 1,
      skippedCount: 7,
      conflictCount: 1,
      failureCount: 2,
    },
  });
  const failed = at(dry.body, 'stats.errors') as { path: string; code: string }[];
  expect(Object.fromEntries(failed.map(({ path, code }) => [path, code]))).toEqual({
    'users/a_b/trading-journal/c': 'KEY_COLLISION',
    'users/cid/trading-journal/large': 'ITEM_TOO_LARGE',
  });
  expect(await keys(environment)).toEqual(before);
  expect((await read(environment, 'journal_bob_2'))['data']?.M?.['trades']?.L?.[0]?.M?.['price']?.N).toBe(
    '1',
  );
});

test('verification by count is cheap and says both numbers', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1_234_567.8);
  await environment.call('POST /start', { ...wait, body: { verify: false } });
  const counted = await environment.call('GET /verify?mode=count');
  expect(counted).toMatchObject({
    status: 200,
    body: { isValid: true, counts: { firestore: 8, dynamodb: 8 } },
  });
  await remove(environment, 'journal_ann_1');
  const differ = await environment.call('GET /verify?mode=count');
  expect(differ.body).toMatchObject({ isValid: false, counts: { firestore: 8, dynamodb: 7 } });
  const later = await environment.call('GET /verify', { headers: { Prefer: 'wait=0' } });
  expect(later.status).toBe(202);
  expect(later.headers.get('retry-after')).toBe('2');
  const location = later.headers.get('location') ?? '';
  await expect
    .poll(async () => (await environment.call(`GET /${location}`)).body, { timeout: 10_000 })
    .toMatchObject({ state: 'completed-with-failures', isValid: false, issueCounts: { missing: 1 } });
});

function price(item: Item): { N: string } {
  return item['data']?.M?.['trades']?.L?.[0]?.M?.['price'] as { N: string };
}

async function keys(environment: TestEnvironment): Promise<string[]> {
  const { Items = [] } = await environment.dynamodb.send(
    new ScanCommand({ TableName: environment.table, ConsistentRead: true }),
  );
  return Items.map((item) => item['dateKey']?.S ?? '').toSorted();
}

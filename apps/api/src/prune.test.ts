import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change, put, read } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };

test('a dry run tells and lists what a prune would remove; many items go only with that number', async () => {
  await using environment = await openTestEnvironment();
  await journals(environment, 'ann', 130);
  await environment.call('POST /start', wait);
  for (let day = 0; day < 120; day += 1) await entry(environment, 'ann', day).delete();
  // The application's, so not an orphan of ours any more.
  await change(environment, 'journal_ann_119', (item) => (item['updatedAt'] = { S: 'later' }));

  const dry = await start(environment, { dryRun: true, prune: true });
  expect(dry).toMatchObject({
    state: 'completed',
    stats: { prunedCount: 119 },
    prune: { pruned: 119, kept: 0, unknown: 0, message: expect.stringMatching(/needs pruneCount: 119/) },
  });
  const predicted = await pruned(environment, dry);
  expect(predicted).toHaveLength(119);
  expect(predicted).toContainEqual({ path: 'users/ann/trading-journal/7', dateKey: 'journal_ann_7' });
  expect(await keys(environment)).toHaveLength(130);

  const unasked = await start(environment, { prune: true });
  expect(unasked).toMatchObject({
    state: 'completed-with-failures',
    reason: expect.stringMatching(/^PRUNE_NOT_CONFIRMED: 119 of the table's 129 .* pruneCount: 119$/),
    stats: { prunedCount: 0 },
  });
  const wrong = await start(environment, { prune: true, pruneCount: 118 });
  expect(wrong).toMatchObject({
    state: 'completed-with-failures',
    reason: expect.stringMatching(/119 items .* pruneCount is 118/),
    stats: { prunedCount: 0 },
  });
  expect(await pruned(environment, wrong)).toEqual([]);
  expect(await keys(environment)).toHaveLength(130);

  const agreed = await start(environment, { prune: true, pruneCount: 119 });
  expect(agreed).toMatchObject({
    state: 'completed',
    reason: null,
    stats: { prunedCount: 119 },
    prune: { pruned: 119, message: '119 items pruned' },
    verification: { isValid: true },
  });
  expect((await pruned(environment, agreed)).toSorted(byKey)).toEqual(predicted.toSorted(byKey));
  expect(await keys(environment)).toHaveLength(11);
});

test.each([
  { what: 'users without an entry', body: {} },
  { what: 'given users without an entry', body: { userIds: ['idle'] } },
])('a prune against a source with $what is refused before anything is done', async ({ body }) => {
  await using environment = await openTestEnvironment();
  await journals(environment, 'ann', 12);
  await environment.call('POST /start', wait);
  await environment.firestore.doc('users/idle').set({ name: 'no journal' });
  for (let day = 0; day < 12; day += 1) await entry(environment, 'ann', day).delete();
  for (const dryRun of [false, true]) {
    const refused = await environment.call('POST /start', {
      ...wait,
      body: { ...body, dryRun, prune: true },
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'PRUNE_SOURCE_EMPTY' } });
  }
  expect(await keys(environment)).toHaveLength(12);
});

test('a prune whose source is empty by the time it comes to it removes nothing', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await journals(environment, 'ann', 3);
  const first = environment.addWorker();
  await environment.call('POST /start', wait);
  await first.stop();
  const { body } = await environment.call('POST /start', {
    body: { prune: true, pruneCount: 3, allowEmpty: true },
  });
  for (let day = 0; day < 3; day += 1) await entry(environment, 'ann', day).delete();
  environment.addWorker();
  const path = `GET /migrations/${String(at(body, 'migrationId'))}`;
  const state = async (): Promise<unknown> => at((await environment.call(path)).body, 'state');
  await expect.poll(state, { timeout: 20_000 }).toBe('completed-with-failures');
  const { body: ended } = await environment.call(path);
  expect(ended).toMatchObject({
    reason: expect.stringMatching(/^PRUNE_SOURCE_EMPTY: /),
    stats: { prunedCount: 0 },
  });
  expect(await keys(environment)).toHaveLength(3);
});

test('ids that came from Datastore are documents like others, and what can not be asked about is left alone', async () => {
  await using environment = await openTestEnvironment();
  await journals(environment, '__id7__', 2);
  await environment.firestore.doc('users/ann/trading-journal/__id-9__').set({ trades: [] });
  await environment.firestore.doc('users/gone/trading-journal/1').set({ trades: [] });
  await environment.call('POST /start', wait);
  await environment.firestore.doc('users/gone/trading-journal/1').delete();
  const item = await read(environment, 'journal_ann___id-9__');
  for (const user of ['..', '__own__'])
    await put(environment, {
      ...item,
      dateKey: { S: `journal_${user}_1` },
      data: { M: { ...item['data']?.M, userId: { S: user }, date: { S: '1' } } },
    });

  const run = await start(environment, { prune: true });
  expect(run).toMatchObject({
    state: 'completed',
    stats: { prunedCount: 1 },
    prune: { pruned: 1, unknown: 2, message: expect.stringMatching(/2 items have an id/) },
    verification: {
      isValid: true,
      issueCounts: { unexpected: 0, unknown: 2 },
      message: expect.stringMatching(/no issues \(2 items whose entry can't be asked about/),
    },
  });
  expect(await keys(environment)).toEqual([
    'journal_.._1',
    'journal___id7___0',
    'journal___id7___1',
    'journal___own___1',
    'journal_ann___id-9__',
  ]);
  const one = await start(environment, { userIds: ['__id7__'], dryRun: true });
  expect(one).toMatchObject({ stats: { totalProcessed: 2, skippedCount: 2 } });
});

test('a prune leaves an item at another key than its own, and users who are not of the run', async () => {
  await using environment = await openTestEnvironment();
  await journals(environment, 'ann', 2);
  await journals(environment, 'bob', 2);
  await environment.call('POST /start', wait);
  await put(environment, { ...(await read(environment, 'journal_ann_1')), dateKey: { S: 'journal_copy' } });
  await entry(environment, 'ann', 1).delete();
  await entry(environment, 'bob', 1).delete();
  const run = await start(environment, { prune: true, userIds: ['ann'] });
  expect(run).toMatchObject({ stats: { prunedCount: 1 } });
  expect(await keys(environment)).toEqual([
    'journal_ann_0',
    'journal_bob_0',
    'journal_bob_1',
    'journal_copy',
  ]);
});

test('a retry of the failed users agrees to what the run has pruned already', async () => {
  await using environment = await openTestEnvironment();
  await journals(environment, 'ann', 20);
  await environment.call('POST /start', wait);
  for (let day = 0; day < 15; day += 1) await entry(environment, 'ann', day).delete();
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: ['x'.repeat(450_000)] });
  const run = await start(environment, { prune: true, pruneCount: 15 });
  expect(run).toMatchObject({
    state: 'completed-with-failures',
    stats: { failureCount: 1, prunedCount: 15 },
  });
  await environment.firestore.doc('users/ann/trading-journal/large').delete();
  const retried = await environment.call(`POST /migrations/${String(at(run, 'migrationId'))}/retry`, wait);
  expect(retried.body).toMatchObject({ state: 'completed', stats: { failureCount: 0, prunedCount: 15 } });
  expect(await pruned(environment, run)).toHaveLength(15);
});

test('what is asked of a prune wrongly is a 400 that names the field', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  for (const [body, field] of [
    [{ pruneCount: 3 }, 'pruneCount'],
    [{ prune: true, pruneCount: -1 }, 'pruneCount'],
    [{ prune: true, pruneCount: '3' }, 'pruneCount'],
  ] as const) {
    const answer = await environment.call('POST /start', { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  }
  for (const query of ['', '?kind=pruned2', '?kind=constructor']) {
    const answer = await environment.call(`GET /migrations/migration-20261122T091051123Z/entries${query}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'kind' }] } });
  }
  const unknown = await environment.call('GET /migrations/migration-20261122T091051123Z/entries?kind=pruned');
  expect(unknown).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

test('a dry rollback marks no run as rolled back', async () => {
  await using environment = await openTestEnvironment();
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: ['x'.repeat(450_000)] });
  const run = await start(environment, {});
  const migrationId = String(at(run, 'migrationId'));
  for (const body of [{}, { migrationId }, { dryRun: true }]) {
    expect((await environment.call('POST /rollback', { body })).body).toMatchObject({
      success: true,
      dryRun: true,
    });
    expect((await environment.call(`GET /migrations/${migrationId}`)).body).toMatchObject({
      rolledBackBy: null,
    });
  }
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: [] });
  const retried = await environment.call(`POST /migrations/${migrationId}/retry`, wait);
  expect(retried).toMatchObject({ status: 200, body: { state: 'completed', stats: { successCount: 1 } } });
});

async function journals(environment: TestEnvironment, user: string, days: number): Promise<void> {
  const writer = environment.firestore.bulkWriter();
  for (let day = 0; day < days; day += 1)
    void writer.set(entry(environment, user, day), { trades: [{ day }] });
  await writer.close();
}

function entry(environment: TestEnvironment, user: string, day: number) {
  return environment.firestore.doc(`users/${user}/trading-journal/${day}`);
}

async function start(environment: TestEnvironment, body: Record<string, unknown>): Promise<unknown> {
  const answer = await environment.call('POST /start', { ...wait, body });
  expect(answer.status).toBe(200);
  return answer.body;
}

interface Listed {
  readonly path: string;
  readonly dateKey: string;
}

/** All pages of what a run has pruned. */
async function pruned(environment: TestEnvironment, run: unknown): Promise<Listed[]> {
  const id = String(at(run, 'migrationId'));
  const all: Listed[] = [];
  let cursor: unknown = '';
  do {
    const more = cursor === '' ? '' : `&cursor=${String(cursor)}`;
    const { body } = await environment.call(`GET /migrations/${id}/entries?kind=pruned${more}`);
    expect(body).toMatchObject({ migrationId: id, kind: 'pruned', count: at(run, 'stats.prunedCount') });
    all.push(...(at(body, 'entries') as Listed[]));
    cursor = at(body, 'nextCursor');
  } while (cursor !== null);
  return all;
}

function byKey(a: Listed, b: Listed): number {
  return a.dateKey < b.dateKey ? -1 : 1;
}

async function keys(environment: TestEnvironment): Promise<string[]> {
  const { Items = [] } = await environment.dynamodb.send(
    new ScanCommand({ TableName: environment.table, ConsistentRead: true }),
  );
  return Items.map((item) => item['dateKey']?.S ?? '').toSorted();
}

import { GetItemCommand, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { mapEntry, readProvenance, type StoredItem, taskId } from '@migrator/core';
import { AttemptWatcher, runTask } from '@migrator/engine';
import { heldLease } from '@migrator/devkit';
import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=50' } };

test('an application that writes the same keys in a loop never loses a write, and the run reports conflicts', async () => {
  await using environment = await openTestEnvironment({ workers: 2 });
  const days = 300;
  const writer = environment.firestore.bulkWriter();
  for (let day = 0; day < days; day += 1)
    void writer.set(journal(environment, 'ann', `d${day}`), { trades: [day] });
  await writer.close();

  const saved = new Map<string, string>();
  let running = true;
  const application = (async () => {
    for (let save = 0; running; save += 1) {
      const dateKey = `journal_ann_d${(save * 7) % days}`;
      const updatedAt = `saved ${save}`;
      const Item = {
        dateKey: { S: dateKey },
        data: { M: { trades: { L: [] } } },
        updatedAt: { S: updatedAt },
      };
      await environment.dynamodb.send(new PutItemCommand({ TableName: environment.table, Item }));
      saved.set(dateKey, updatedAt);
    }
  })();
  // Again and again, so that both meet at every stage: where nothing is yet, and where each has been before.
  let conflicts = 0;
  for (let run = 0; run < 3; run += 1) {
    const { body } = await environment.call('POST /start', wait);
    expect(body).toMatchObject({ state: 'completed', stats: { totalProcessed: days, failureCount: 0 } });
    const stats = at(body, 'stats') as Record<string, number>;
    expect(stats['successCount']! + stats['skippedCount']!).toBe(days);
    conflicts = stats['conflictCount']!;
  }
  running = false;
  await application;
  expect(conflicts).toBeGreaterThan(0);
  for (const [dateKey, updatedAt] of saved)
    expect((await read(environment, dateKey))?.['updatedAt'], dateKey).toEqual({ S: updatedAt });
});

test('a writer that slept through a later run changes nothing, neither items nor totals', async () => {
  await using environment = await openTestEnvironment({ workers: 1 });
  await journal(environment, 'ann', '1').set({ trades: ['old'] });
  const [entry] = (await environment.context.source.readPage({ userId: 'ann', limit: 1, maxBytes: 1 }))
    .entries;
  const first = await environment.call('POST /start', wait);
  const slept = String(at(first.body, 'stats.startTime'));
  await journal(environment, 'ann', '1').set({ trades: ['new'] });
  await environment.call('POST /start', wait);
  const current = await read(environment, 'journal_ann_1');
  expect(current?.['data']?.M?.['trades']).toEqual({ L: [{ S: 'new' }] });

  if (entry === undefined) throw new Error('there is no entry');
  const mapped = mapEntry(entry, { migratedAt: slept, oversize: 'fail' });
  if (!mapped.ok) throw new Error(mapped.message);
  expect(await environment.context.target.putOwned(mapped.item, heldLease)).toMatchObject({
    outcome: 'refused',
  });
  const late = await runTask(
    environment.context,
    String(at(first.body, 'migrationId')),
    taskId({ type: 'user', userId: 'ann' }),
    {
      signal: new AbortController().signal,
      watcher: new AttemptWatcher(environment.context.ledger),
      lastAttempt: false,
      reopen: false,
      onProgress: () => undefined,
      onEvent: () => undefined,
    },
  );
  expect(late).toMatchObject({ started: false });
  expect(await read(environment, 'journal_ann_1')).toEqual(current);
});

test('of two entries with one key one arrives, the other fails by name', async () => {
  await using environment = await openTestEnvironment({ workers: 2 });
  for (const [user, date] of [
    ['a_b', 'c'],
    ['a', 'b_c'],
    ['a', 'plain'],
    ['a_b', 'plain'],
  ] as const) {
    await journal(environment, user, date).set({ trades: [user] });
  }
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({
    state: 'completed-with-failures',
    stats: { totalProcessed: 4, createdCount: 3, failureCount: 1, errors: [{ code: 'KEY_COLLISION' }] },
    verification: { isValid: false, issueCounts: { missing: 1, different: 0, unexpected: 0 } },
  });
  const [winner, loser] =
    at(body, 'stats.errors.0.path') === 'users/a/trading-journal/b_c' ? ['a_b', 'a'] : ['a', 'a_b'];
  const item = await read(environment, 'journal_a_b_c');
  expect(item?.['data']?.M?.['userId']).toEqual({ S: winner });
  expect(at(body, 'stats.errors.0.path')).toMatch(new RegExp(`^users/${loser}/`));
});

test('OVERSIZE=gzip carries what is too large, and verification and rollback know it', async () => {
  await using environment = await openTestEnvironment({ env: { OVERSIZE: 'gzip' } });
  await journal(environment, 'ann', 'large').set({ trades: ['x'.repeat(600_000)], metadata: 'own' });
  await journal(environment, 'ann', 'small').set({ trades: [] });
  await journal(environment, 'ann', 'random').set({
    trades: [Buffer.from(Float64Array.from({ length: 100_000 }, Math.random).buffer)],
  });
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({
    stats: {
      totalProcessed: 3,
      successCount: 2,
      failureCount: 1,
      compressedCount: 1,
      errors: [{ code: 'ITEM_TOO_LARGE' }],
    },
    verification: { issueCounts: { missing: 1, different: 0 } },
  });
  const large = await read(environment, 'journal_ann_large');
  expect(large?.['data']?.M?.['userId']).toEqual({ S: 'ann' });
  expect(readProvenance(large as unknown as StoredItem)).toBeDefined();
  expect((await environment.call('POST /start', wait)).body).toMatchObject({
    stats: { skippedCount: 2, writeUnits: 0 },
  });
  expect((await environment.call('POST /rollback', { body: { dryRun: false } })).body).toMatchObject({
    deleted: 2,
    kept: 0,
  });
  for await (const page of paginateScan({ client: environment.dynamodb }, { TableName: environment.table }))
    expect(page.Count).toBe(0);
});

function journal(environment: TestEnvironment, user: string, date: string) {
  return environment.firestore.doc(`users/${user}/trading-journal/${date}`);
}

async function read(environment: TestEnvironment, dateKey: string) {
  const Key = { dateKey: { S: dateKey } };
  return (
    await environment.dynamodb.send(
      new GetItemCommand({ TableName: environment.table, Key, ConsistentRead: true }),
    )
  ).Item;
}

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=60' } };

const as = (name: string, field?: string) => ({
  path: `users/ann/trading-journal/${name}`,
  dateKey: `journal_ann_${name}`,
  ...(field === undefined ? {} : { field }),
});

test('what a run counts it lists: by kind, with path and key; and a rollback what it kept', async () => {
  await using environment = await openTestEnvironment();
  const entry = (name: string) => environment.firestore.doc(`users/ann/trading-journal/${name}`);
  await entry('plain').set({ trades: [] });
  await entry('numbers').set({ performance: { factor: Number.NaN, other: Number.POSITIVE_INFINITY } });
  await entry('both').set({ trades: 'none', risk: { ratio: Number.NaN } });
  await entry('saved').set({ trades: [1] });
  const wantedByApplication = {
    dateKey: { S: 'journal_ann_saved' },
    data: { M: { userId: { S: 'ann' }, date: { S: 'saved' } } },
    updatedAt: { S: '2026-01-01T00:00:00.000Z' },
  };
  await environment.dynamodb.send(
    new PutItemCommand({ TableName: environment.table, Item: wantedByApplication }),
  );
  const run = (await environment.call('POST /start', wait)).body;
  expect(at(run, 'stats')).toMatchObject({
    encodedAsTextCount: 3,
    warningCount: 1,
    conflictCount: 1,
    failureCount: 0,
    errors: [],
  });
  const listed = async (kind: string): Promise<unknown> =>
    (await environment.call(`GET /migrations/${String(at(run, 'migrationId'))}/entries?kind=${kind}`)).body;
  expect(await listed('encoded-as-text')).toMatchObject({
    count: 2,
    entries: [as('both', 'risk.ratio'), as('numbers', 'performance.factor')],
  });
  expect(await listed('unexpected-type')).toMatchObject({
    count: 1,
    entries: [as('both', 'trades (string)')],
  });
  expect(await listed('conflict')).toMatchObject({ count: 1, entries: [as('saved')], nextCursor: null });
  expect(await listed('newer')).toMatchObject({ count: 0, entries: [] });

  const kept = (await environment.call('POST /rollback', { ...wait, body: { dryRun: false } })).body;
  expect(kept).toMatchObject({ deleted: 3, kept: 1, items: [as('saved')] });
});

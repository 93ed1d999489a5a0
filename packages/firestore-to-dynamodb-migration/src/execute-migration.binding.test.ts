import { DeleteItemCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';

import { days, openTestEnvironment } from './test-support/open-test-environment.ts';

const ways = ['inProcess', 'overQueue'] as const;

test.each(ways)('%s: a completed run says nothing about another table, project or setting', async (way) => {
  await using environment = await openTestEnvironment();
  await using other = await openTestEnvironment();
  await environment.fill('ann', days(3));
  await environment.fill('bob', days(2));
  const first = await environment[way]();
  expect(first).toMatchObject({ target: { table: environment.table } });
  expect(await environment[way]()).toEqual(first);

  const table = await environment[way]({ env: { ...environment.env, DYNAMODB_TABLE: other.table } });
  expect(table).toMatchObject({ stats: { createdCount: 5 }, target: { table: other.table } });
  expect(await other.countItems()).toBe(5);
  const gzip = await environment[way]({ env: { ...environment.env, OVERSIZE: 'gzip' } });
  expect(gzip).toMatchObject({ stats: { skippedCount: 5 } });
  const typo = { ...environment.env, JOURNAL_COLLECTION: 'trading-journals' };
  await expect(environment[way]({ env: typo })).rejects.toMatchObject({ code: 'NO_DATA' });
});

test.each(ways)(
  '%s: a completed run is none where its table is gone, which is not created for that',
  async (way) => {
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(3));
    await environment[way]();
    await environment.dynamodb.send(new DeleteTableCommand({ TableName: environment.table }));
    const env = { ...environment.env, CREATE_TABLE: 'true' };
    await vi.waitFor(
      async () => {
        await expect(environment[way]({ env })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
      },
      { timeout: 20_000 },
    );
  },
);

test.each(ways)(
  '%s: a run whose own verification is invalid is not finished, and runs again',
  async (way) => {
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(3));
    await environment[way]();
    // An item whose entry is gone: nothing fails, and the verification finds it.
    const key = { dateKey: { S: 'journal_ann_gone' } };
    const at = { S: '2026-01-01T00:00:00.000Z' };
    const metadata = { migratedFrom: { S: 'firestore' }, migratedAt: at, originalTimestamp: at };
    const data = { userId: { S: 'ann' }, date: { S: 'gone' }, metadata: { M: metadata } };
    await environment.dynamodb.send(
      new PutItemCommand({
        TableName: environment.table,
        Item: { ...key, updatedAt: at, data: { M: data } },
      }),
    );
    const invalid = await environment[way]({ again: true });
    expect(invalid).toMatchObject({ state: 'completed', verification: { isValid: false } });
    await environment.dynamodb.send(new DeleteItemCommand({ TableName: environment.table, Key: key }));
    const valid = await environment[way]();
    expect(valid.migrationId).not.toBe(invalid.migrationId);
    expect(valid).toMatchObject({ state: 'completed', verification: { isValid: true } });
    expect(await environment[way]()).toEqual(valid);
  },
);

test('an application whose queue has only workers for another table brings its own', async () => {
  await using environment = await openTestEnvironment();
  await using other = await openTestEnvironment();
  await environment.fill('ann', days(3));
  const { GOOGLE_CLOUD_PROJECT, QUEUE_PREFIX } = environment.env;
  const stray = await other.openQueue({ GOOGLE_CLOUD_PROJECT, QUEUE_PREFIX });
  other.addWorker(stray);
  expect(await environment.overQueue()).toMatchObject({ state: 'completed', stats: { createdCount: 3 } });
  expect(await other.countItems()).toBe(0);
});

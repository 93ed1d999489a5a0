import { DeleteItemCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';

import { days, openGround } from './test-support/open-ground.ts';

const ways = ['inProcess', 'overQueue'] as const;

test.each(ways)('%s: a completed run says nothing about another table, project or setting', async (way) => {
  await using ground = await openGround();
  await using other = await openGround();
  await ground.fill('ann', days(3));
  await ground.fill('bob', days(2));
  const first = await ground[way]();
  expect(first).toMatchObject({ target: { table: ground.table } });
  expect(await ground[way]()).toEqual(first);

  const table = await ground[way]({ env: { ...ground.env, DYNAMODB_TABLE: other.table } });
  expect(table).toMatchObject({ stats: { createdCount: 5 }, target: { table: other.table } });
  expect(await other.countItems()).toBe(5);
  const gzip = await ground[way]({ env: { ...ground.env, OVERSIZE: 'gzip' } });
  expect(gzip).toMatchObject({ stats: { skippedCount: 5 } });
  const typo = { ...ground.env, JOURNAL_COLLECTION: 'trading-journals' };
  await expect(ground[way]({ env: typo })).rejects.toMatchObject({ code: 'NO_DATA' });
});

test.each(ways)(
  '%s: a completed run is none where its table is gone, which is not created for that',
  async (way) => {
    await using ground = await openGround();
    await ground.fill('ann', days(3));
    await ground[way]();
    await ground.dynamodb.send(new DeleteTableCommand({ TableName: ground.table }));
    const env = { ...ground.env, CREATE_TABLE: 'true' };
    await vi.waitFor(
      async () => {
        await expect(ground[way]({ env })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
      },
      { timeout: 20_000 },
    );
  },
);

test.each(ways)(
  '%s: a run whose own verification is invalid is not finished, and runs again',
  async (way) => {
    await using ground = await openGround();
    await ground.fill('ann', days(3));
    await ground[way]();
    // An item whose entry is gone: nothing fails, and the verification finds it.
    const key = { dateKey: { S: 'journal_ann_gone' } };
    const at = { S: '2026-01-01T00:00:00.000Z' };
    const metadata = { migratedFrom: { S: 'firestore' }, migratedAt: at, originalTimestamp: at };
    const data = { userId: { S: 'ann' }, date: { S: 'gone' }, metadata: { M: metadata } };
    await ground.dynamodb.send(
      new PutItemCommand({ TableName: ground.table, Item: { ...key, updatedAt: at, data: { M: data } } }),
    );
    const invalid = await ground[way]({ again: true });
    expect(invalid).toMatchObject({ state: 'completed', verification: { isValid: false } });
    await ground.dynamodb.send(new DeleteItemCommand({ TableName: ground.table, Key: key }));
    const valid = await ground[way]();
    expect(valid.migrationId).not.toBe(invalid.migrationId);
    expect(valid).toMatchObject({ state: 'completed', verification: { isValid: true } });
    expect(await ground[way]()).toEqual(valid);
  },
);

test('an application whose queue has only workers for another table brings its own', async () => {
  await using ground = await openGround();
  await using other = await openGround();
  await ground.fill('ann', days(3));
  const { GOOGLE_CLOUD_PROJECT, QUEUE_PREFIX } = ground.env;
  const stray = await other.openQueue({ GOOGLE_CLOUD_PROJECT, QUEUE_PREFIX });
  other.addWorker(stray);
  expect(await ground.overQueue()).toMatchObject({ state: 'completed', stats: { createdCount: 3 } });
  expect(await other.countItems()).toBe(0);
});

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { startScriptedDynamoDb } from '@migrator/devkit';
import { expect, onTestFinished, test, vi } from 'vitest';

import { days, type TestEnvironment, openTestEnvironment } from '../test-support/open-test-environment.ts';
import { createJournalReader, type JournalReader } from './journal-reader.ts';

function readerOf(environment: TestEnvironment): JournalReader {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_DYNAMODB: endpoint } = environment.env;
  const reader = createJournalReader({ tableName: environment.table, region, endpoint });
  onTestFinished(() => reader.close());
  return reader;
}

test('a migrated entry comes back as it was, to the last digit', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', [
    {
      date: '2026-01-02',
      fields: {
        trades: [{ id: 9_223_372_036_854_775_807n, price: 0.1 + 0.2, quantity: 12, profitFactor: Infinity }],
        heatmap: { 'a.b': null },
        screenshot: Uint8Array.of(1, 2, 255),
        marketOpen: new Date('2026-01-02T14:30:00Z'),
        updatedAt: new Date('2025-01-01T00:00:00Z'),
        userId: 'own',
      },
    },
  ]);
  const { stats } = await environment.inProcess();
  const journal = await readerOf(environment).getJournal('ann', '2026-01-02', { consistent: true });
  expect(journal).toEqual({
    userId: 'ann',
    date: '2026-01-02',
    trades: [{ id: 9_223_372_036_854_775_807n, price: 0.1 + 0.2, quantity: 12, profitFactor: 'Infinity' }],
    heatmap: { 'a.b': null },
    performance: {},
    risk: {},
    summary: {},
    screenshot: Uint8Array.of(1, 2, 255),
    marketOpen: '2026-01-02T14:30:00.000000Z',
    metadata: {
      migratedFrom: 'firestore',
      migratedAt: stats.startTime,
      originalTimestamp: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
      source: { userId: 'own', updatedAt: '2025-01-01T00:00:00.000000Z' },
    },
    updatedAt: stats.startTime,
  });
  expect(await readerOf(environment).getJournal('ann', '2026-01-03')).toBeUndefined();
  expect(await readerOf(environment).getJournal('ann', 'x'.repeat(2_100))).toBeUndefined();
});

test('an entry that was compressed comes back like any other', async () => {
  await using environment = await openTestEnvironment();
  const trades = Array.from({ length: 9_000 }, (_, id) => ({
    id,
    note: 'the same note again and again',
    pnl: id / 7,
  }));
  const fields = { trades, chart: Uint8Array.of(7, 8, 9), big: 2n ** 60n, metadata: { own: true } };
  await environment.fill('ann', [{ date: 'large', fields }]);
  const { stats } = await environment.inProcess({ env: { ...environment.env, OVERSIZE: 'gzip' } });
  expect(stats).toMatchObject({ successCount: 1, compressedCount: 1 });
  const journal = await readerOf(environment).getJournal('ann', 'large');
  expect(journal).toMatchObject({ userId: 'ann', date: 'large', heatmap: {}, updatedAt: stats.startTime });
  expect(journal?.trades).toEqual(trades);
  expect(journal?.['chart']).toEqual(Uint8Array.of(7, 8, 9));
  expect(journal?.['big']).toBe(2n ** 60n);
  expect(journal?.metadata).toMatchObject({ migratedFrom: 'firestore', source: { metadata: { own: true } } });
  expect(journal).not.toHaveProperty('compressed');
  expect(journal?.metadata).not.toHaveProperty('encoding');
});

test('many days: each that there is, once, in the order in which they were asked for', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(230));
  await environment.inProcess({ verify: false });
  const dates = days(230)
    .map(({ date }) => date)
    .toReversed();
  const journals = await readerOf(environment).getJournals('ann', [
    'nothing',
    ...dates,
    ...dates,
    'x'.repeat(2_100),
  ]);
  expect(journals.map(({ date }) => date)).toEqual(dates);
  expect(await readerOf(environment).getJournals('ann', [])).toEqual([]);
});

test("another user's entry under the same key is not returned", async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('a_b', [{ date: 'c', fields: { trades: [1] } }]);
  await environment.inProcess();
  const reader = readerOf(environment);
  expect(await reader.getJournal('a_b', 'c')).toMatchObject({ userId: 'a_b' });
  expect(await reader.getJournal('a', 'b_c')).toBeUndefined();
  expect(await reader.getJournals('a', ['b_c'])).toEqual([]);
});

test("the application's own client, and what its document client makes of numbers, stay as they are", async () => {
  await using environment = await openTestEnvironment();
  const { dynamodb: client, table: TableName } = environment;
  const own = DynamoDBDocumentClient.from(client, {
    unmarshallOptions: { wrapNumbers: (text) => `n${text}` },
  });
  const reader = createJournalReader({ client, tableName: TableName });
  await own.send(
    new PutCommand({
      TableName,
      Item: { dateKey: 'journal_ann_d', data: { trades: [1] }, updatedAt: 'today' },
    }),
  );
  expect(await reader.getJournal('ann', 'd')).toMatchObject({
    userId: 'ann',
    trades: [1],
    updatedAt: 'today',
  });
  const { Item } = await own.send(new GetCommand({ TableName, Key: { dateKey: 'journal_ann_d' } }));
  expect(Item?.['data']).toEqual({ trades: ['n1'] });
  reader.close();
  const odd = { dateKey: { S: 'journal_ann_odd' }, data: { S: 'not a map' } };
  await client.send(new PutItemCommand({ TableName, Item: odd }));
  expect(await reader.getJournal('ann', 'odd')).toMatchObject({ date: 'odd', trades: [], metadata: {} });
});

test('keys that DynamoDB leaves unprocessed are asked for again; a table that gives nothing says so in the end', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  let generous = true;
  await using dynamodb = await startScriptedDynamoDb(({ body }) => {
    const { journals } = body['RequestItems'] as { journals: { Keys: { dateKey: { S: string } }[] } };
    const [first, ...rest] = journals.Keys;
    const Keys = generous ? rest : journals.Keys;
    return {
      body: {
        Responses: {
          journals: generous && first ? [{ ...first, data: { M: {} }, updatedAt: { S: 'now' } }] : [],
        },
        UnprocessedKeys: Keys.length === 0 ? {} : { journals: { Keys } },
      },
    };
  });
  const reader = createJournalReader({
    tableName: 'journals',
    region: 'eu-west-1',
    endpoint: dynamodb.endpoint,
  });
  onTestFinished(() => reader.close());
  expect((await reader.getJournals('ann', ['1', '2', '3'])).map(({ date }) => date)).toEqual(['1', '2', '3']);
  expect(dynamodb.calls).toHaveLength(3);
  generous = false;
  await expect(reader.getJournals('ann', ['1', '2'], { signal: AbortSignal.timeout(200) })).rejects.toThrow(
    /abort/i,
  );
  await expect(reader.getJournals('ann', ['1', '2'])).rejects.toMatchObject({ code: 'THROTTLED' });
});

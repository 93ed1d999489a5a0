import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Target } from '@migrator/core';
import { encodeItem, heldLease } from '@migrator/devkit';
import { afterAll, afterEach, expect, inject, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';

const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, ...rest } = inject('services');
vi.stubEnv('AWS_ACCESS_KEY_ID', rest.AWS_ACCESS_KEY_ID);
vi.stubEnv('AWS_SECRET_ACCESS_KEY', rest.AWS_SECRET_ACCESS_KEY);

const owner = new DynamoDBClient({ endpoint, region });
const opened: Target[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (target) => await target.close()));
});
afterAll(() => {
  owner.destroy();
  vi.unstubAllEnvs();
});

function open(options: { tableName: string; createTable?: boolean }): Target {
  const target = createDynamoDbTarget({ endpoint, region, ...options });
  opened.push(target);
  return target;
}

async function createTable(input: Omit<CreateTableCommandInput, 'TableName'>): Promise<string> {
  const TableName = `table-${randomUUID()}`;
  await owner.send(new CreateTableCommand({ TableName, ...input }));
  await waitUntilTableExists(
    { client: owner, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 },
    { TableName },
  );
  return TableName;
}

test('a table that is missing is an error unless it may be created', async () => {
  const tableName = `table-${randomUUID()}`;
  await expect(open({ tableName }).preflight()).rejects.toMatchObject({
    code: 'TABLE_NOT_FOUND',
    message: expect.stringContaining(tableName),
  });
  // Two processes that start together both find it missing.
  const created = await Promise.all([
    open({ tableName, createTable: true }).preflight(),
    open({ tableName, createTable: true }).preflight(),
  ]);
  expect(created).toEqual([
    { itemCount: 0, sizeBytes: 0, account: '000000000000' },
    { itemCount: 0, sizeBytes: 0, account: '000000000000' },
  ]);
  expect(await open({ tableName }).preflight()).toEqual({
    itemCount: 0,
    sizeBytes: 0,
    account: '000000000000',
  });
});

test('a write into a table that is missing says so', async () => {
  const target = open({ tableName: `table-${randomUUID()}` });
  await expect(target.putOwned(encodeItem({ userId: 'ann', date: '1' }), heldLease)).rejects.toMatchObject({
    code: 'TABLE_NOT_FOUND',
  });
});

test('a provisioned table tells its write units', async () => {
  const tableName = await createTable({
    KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 7 },
  });
  expect(await open({ tableName }).preflight()).toMatchObject({ provisionedWriteUnits: 7 });
});

test.each<[string, Omit<CreateTableCommandInput, 'TableName'>]>([
  [
    'userId (String, partition key) and dateKey (Number, sort key)',
    {
      KeySchema: [
        { AttributeName: 'userId', KeyType: 'HASH' },
        { AttributeName: 'dateKey', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'userId', AttributeType: 'S' },
        { AttributeName: 'dateKey', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    },
  ],
  [
    'dateKey (Binary, partition key)',
    {
      KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'B' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  ],
])('a table with %s as its key is refused, and told', async (key, input) => {
  const tableName = await createTable(input);
  await expect(open({ tableName, createTable: true }).preflight()).rejects.toMatchObject({
    code: 'TABLE_KEY_MISMATCH',
    message: expect.stringContaining(`has ${key}`),
  });
});

const onDemand = { BillingMode: 'PAY_PER_REQUEST' } as const;
const indexOn = (attribute: string, sort?: string) => ({
  IndexName: `by-${attribute}`,
  KeySchema: [
    { AttributeName: attribute, KeyType: 'HASH' as const },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});
const dateKey = { AttributeName: 'dateKey', AttributeType: 'S' } as const;
const key = [{ AttributeName: 'dateKey', KeyType: 'HASH' as const }];

test.each([
  ['updatedAt (Number)', indexOn('updatedAt'), [dateKey, { AttributeName: 'updatedAt', AttributeType: 'N' }]],
  ['data (String)', indexOn('data'), [dateKey, { AttributeName: 'data', AttributeType: 'S' }]],
  [
    'updatedAt (Binary)',
    indexOn('dateKey', 'updatedAt'),
    [dateKey, { AttributeName: 'updatedAt', AttributeType: 'B' }],
  ],
] as const)('an index with %s as a key is refused before a run, and told', async (has, one, attributes) => {
  const tableName = await createTable({
    KeySchema: key,
    AttributeDefinitions: [...attributes],
    GlobalSecondaryIndexes: [one],
    ...onDemand,
  });
  const target = open({ tableName });
  await expect(target.preflight()).rejects.toMatchObject({
    code: 'TABLE_INDEX_MISMATCH',
    message: expect.stringContaining(`Index "${one.IndexName}" of table "${tableName}" has ${has}`),
  });
  // The table itself refuses what we would write; what reads or deletes is not kept from it.
  await expect(target.putOwned(encodeItem({ userId: 'ann', date: '1' }), heldLease)).rejects.toThrow(
    /[Tt]ype|mismatch/,
  );
  await target.describe();
});

test('indexes on what items have as it is, or lack, are accepted', async () => {
  const tableName = await createTable({
    KeySchema: key,
    AttributeDefinitions: [
      dateKey,
      { AttributeName: 'updatedAt', AttributeType: 'S' },
      { AttributeName: 'owner', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [indexOn('updatedAt', 'dateKey'), indexOn('owner')],
    ...onDemand,
  });
  const target = open({ tableName });
  await target.preflight();
  expect(await target.putOwned(encodeItem({ userId: 'ann', date: '1' }), heldLease)).toMatchObject({
    outcome: 'written',
  });
});

import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import type { DynamoDbOptions, DynamoDbService } from './dynamodb.ts';
import { startDynamoDb } from './dynamodb.ts';
import { isRunning } from '../processes/is-running.ts';
import { ProgramError } from '../processes/program.ts';
import { PortTakenError } from './service.ts';

async function start(options?: DynamoDbOptions): Promise<DynamoDbService> {
  const service = await startDynamoDb(options);
  onTestFinished(() => service.stop());
  return service;
}

function connect({ endpoint, region }: DynamoDbService): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => client.destroy());
  return client;
}

it('starts without a table', async () => {
  const service = await start();
  const { TableNames } = await connect(service).send(new ListTablesCommand({}));
  expect(TableNames).toEqual([]);
});

it('creates the table that it is asked for', async () => {
  const service = await start({ createTable: true });
  expect(service.tableName).toBe('tradebook-heatmaps');
  const { Table } = await connect(service).send(new DescribeTableCommand({ TableName: service.tableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  });
});

it('creates a table of another name', async () => {
  const service = await start({ createTable: true, tableName: 'other' });
  const { TableNames } = await connect(service).send(new ListTablesCommand({}));
  expect(TableNames).toEqual(['other']);
});

it('leaves no process behind when it is stopped', async () => {
  const service = await start();
  expect(isRunning(service.pid)).toBe(true);
  await Promise.all([service.stop(), service.stop()]);
  expect(isRunning(service.pid)).toBe(false);
});

it('tells its owner when it ends by itself', async () => {
  const ended = Promise.withResolvers<ProgramError>();
  const service = await start({ onUnexpectedEnd: ended.resolve });
  process.kill(service.pid, 'SIGKILL');
  const error = await ended.promise;
  expect(error).toBeInstanceOf(ProgramError);
  expect(error.message).toContain('SIGKILL');
});

it('names a chosen port that is taken', async () => {
  const { port } = await start();
  const error = await startDynamoDb({ port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PortTakenError);
  expect(error).toMatchObject({ port });
});

import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { controlCurrent, rollbackReport, startOperation, waitForEnd } from '@migrator/engine';
import { startDynamoDbProxy } from '@migrator/testing';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { ExecuteMigrationOptions } from './options.ts';
import type { MigrationResult } from './migration-result.ts';
import { days, type Ground, openGround, tooLarge } from './test-support/open-ground.ts';

/** Starts that know nothing of earlier ones: no state file, or a Redis that was emptied. */
const ways = {
  inProcess: (ground: Ground, options?: ExecuteMigrationOptions) =>
    ground.inProcess({ stateFile: false, ...options }),
  overQueue: (ground: Ground, options?: ExecuteMigrationOptions) => {
    const QUEUE_PREFIX = ground.env['QUEUE_PREFIX']!.replace('}', `-${(emptied += 1)}}`);
    return ground.overQueue({ ...options, env: { ...ground.env, ...options?.env, QUEUE_PREFIX } });
  },
} as const;
let emptied = 0;
type Way = keyof typeof ways;
const pairs: readonly [Way, Way][] = [
  ['inProcess', 'inProcess'],
  ['overQueue', 'overQueue'],
  ['overQueue', 'inProcess'],
];

type Item = Record<string, AttributeValue>;

async function itemsOf({ dynamodb, table }: Ground): Promise<Item[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.toSorted((one, other) => one['dateKey']!.S!.localeCompare(other['dateKey']!.S!));
}

async function tagsOf({ dynamodb, table }: Ground): Promise<string[]> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const { Tags = [] } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: Table!.TableArn! }));
  return Tags.map(({ Value }) => Value!.split(' ').slice(1, 3).join(' '));
}

/** The application deletes one item and saves another. */
async function useTable(ground: Ground): Promise<void> {
  const { dynamodb, table: TableName } = ground;
  const [first, second] = await itemsOf(ground);
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: { dateKey: first!['dateKey']! } }));
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...second, updatedAt: { S: new Date().toISOString() } } }),
  );
}

async function rollBack(ground: Ground, migrationId?: string): Promise<void> {
  const context = await ground.openQueue();
  const worker = ground.addWorker(context);
  const request = { kind: 'rollback', dryRun: false } as const;
  const { id } = await startOperation(context, {
    ...request,
    ...(migrationId === undefined ? {} : { migrationId }),
  });
  expect(await waitForEnd(context.ledger, id, { limitMs: 40_000 })).toMatchObject({ state: 'completed' });
  await worker.stop();
}

test.each(pairs)('%s, then %s without a memory: what the application deleted stays so', async (one, two) => {
  await using ground = await openGround();
  await ground.fill('ann', days(4));
  await ground.fill('bob', days(2));
  const first = await ways[one](ground);
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 6 }, advice: null });
  await useTable(ground);
  const used = await itemsOf(ground);
  expect(used).toHaveLength(5);

  const known = { ...first, subcollections: null };
  known.verification = { ...known.verification!, subcollections: null };
  expect(await ways[two](ground)).toEqual(known satisfies MigrationResult);
  expect(await itemsOf(ground)).toEqual(used);
  expect(await tagsOf(ground)).toEqual([`completed ${first.migrationId}`]);

  const again = await ways[two](ground, { again: true });
  expect(again).toMatchObject({ state: 'completed', stats: { createdCount: 1, conflictCount: 1 } });
  expect(again.migrationId > first.migrationId).toBe(true);
  expect(await ways[two](ground)).toMatchObject({ migrationId: again.migrationId });
  expect(await tagsOf(ground)).toEqual([`completed ${again.migrationId}`]);
});

test('a run counts for its own source and settings, and for what it did', async () => {
  await using ground = await openGround();
  await using other = await openGround();
  await ground.fill('ann', days(2));
  await other.fill('bob', days(3));
  const first = await ways.inProcess(ground);
  const env = { ...ground.env, GOOGLE_CLOUD_PROJECT: other.env['GOOGLE_CLOUD_PROJECT']! };
  const second = await ways.inProcess(ground, { env, verify: false });
  expect(second).toMatchObject({ stats: { createdCount: 3 } });
  const compressing = { env: { ...ground.env, OVERSIZE: 'gzip' }, verify: false };
  const gzip = await ways.inProcess(ground, compressing);
  expect(gzip).toMatchObject({ stats: { skippedCount: 2 } });
  expect((await tagsOf(ground)).toSorted()).toEqual(
    [first, second, gzip].map(({ migrationId }) => `completed ${migrationId}`),
  );
  expect(await ways.inProcess(ground, { userIds: ['ann'], verify: false })).toMatchObject({
    migrationId: first.migrationId,
  });
  // That run did not verify, so it is none where that is wanted.
  expect(await ways.inProcess(ground, { env, verify: false })).toMatchObject({
    migrationId: second.migrationId,
    verification: null,
  });
  const verified = await ways.inProcess(ground, { env });
  expect(verified.migrationId).not.toBe(second.migrationId);
  expect(verified).toMatchObject({ verification: { counts: { firestore: 3 } } });
});

test('a prune is told of as it was', async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(3));
  const { prune, stats } = await ways.inProcess(ground, { prune: true });
  expect(prune).toMatchObject({ pruned: 0 });
  expect(await ways.inProcess(ground, { prune: true })).toMatchObject({ prune, stats });
});

test('another table of the same name was not migrated', async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(3));
  await ways.inProcess(ground);
  const { dynamodb, table: TableName } = ground;
  await dynamodb.send(new DeleteTableCommand({ TableName }));
  const waiting = { client: dynamodb, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 };
  await waitUntilTableNotExists(waiting, { TableName });
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists(waiting, { TableName });
  expect(await ways.inProcess(ground)).toMatchObject({ stats: { createdCount: 3 } });
});

test.each([false, true])(
  'after a rollback nothing is migrated until somebody asks for it (state file kept: %s)',
  async (isKept) => {
    await using ground = await openGround();
    const boot = (options?: ExecuteMigrationOptions) =>
      isKept ? ground.inProcess(options) : ways.inProcess(ground, options);
    await ground.fill('ann', days(3));
    const { migrationId } = await boot();
    await rollBack(ground, 'migration-20200101T000000000Z');
    expect(await boot()).toMatchObject({ migrationId });
    await rollBack(ground, migrationId);
    expect(await ground.countItems()).toBe(0);
    expect(await tagsOf(ground)).toEqual([`rolled-back ${migrationId}`]);
    const rolledBack = { code: 'ROLLED_BACK', message: expect.stringContaining(migrationId) };
    await expect(boot()).rejects.toMatchObject(rolledBack);
    await expect(ways.overQueue(ground)).rejects.toMatchObject(rolledBack);
    expect(await ground.countItems()).toBe(0);

    const again = await boot({ again: true });
    expect(again).toMatchObject({ stats: { createdCount: 3 } });
    expect(await boot()).toMatchObject({ migrationId: again.migrationId });
    await rollBack(ground);
    await expect(boot()).rejects.toMatchObject({ code: 'ROLLED_BACK' });
  },
);

test('what has failures, is invalid, is of some users or writes nothing is no completed run', async () => {
  await using ground = await openGround();
  await ground.fill('ann', [...days(2), tooLarge('large')]);
  await ways.inProcess(ground, { userIds: ['ann'] });
  await ways.inProcess(ground, { dryRun: true });
  expect(await ways.inProcess(ground)).toMatchObject({ state: 'completed-with-failures' });
  expect(await tagsOf(ground)).toEqual([]);
  await ground.fill('ann', [{ date: 'large', fields: { trades: [] } }]);
  const first = await ways.inProcess(ground);
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 1 } });

  // Neither says anything against it.
  await ways.inProcess(ground, { userIds: ['ann'], again: true });
  await ways.inProcess(ground, { dryRun: true });
  expect(await tagsOf(ground)).toEqual([`completed ${first.migrationId}`]);

  const at = { S: '2026-01-01T00:00:00.000Z' };
  const metadata = { migratedFrom: { S: 'firestore' }, migratedAt: at, originalTimestamp: at };
  const data = { userId: { S: 'ann' }, date: { S: 'gone' }, metadata: { M: metadata } };
  const Item = { dateKey: { S: 'journal_ann_gone' }, updatedAt: at, data: { M: data } };
  await ground.dynamodb.send(new PutItemCommand({ TableName: ground.table, Item }));
  const invalid = await ways.inProcess(ground, { again: true });
  expect(invalid).toMatchObject({ state: 'completed', verification: { isValid: false } });
  expect(await tagsOf(ground)).toEqual([`started ${invalid.migrationId}`]);
  const pruned = await ways.inProcess(ground, { prune: true });
  expect(pruned).toMatchObject({ verification: { isValid: true }, prune: { pruned: 1 } });
  expect(await ways.inProcess(ground)).toMatchObject({ migrationId: pruned.migrationId });
});

test('a run that was asked for again and was stopped is not the completed one of before', async () => {
  await using ground = await openGround();
  const proxy = await startDynamoDbProxy({ endpoint: ground.env['AWS_ENDPOINT_URL_DYNAMODB']! });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...ground.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await ground.fill('ann', days(3));
  const first = await ways.inProcess(ground, { env });
  // It gets as far as to the first items that it reads.
  proxy.always('throughput-exceeded', '"Keys":[');
  const stop = new AbortController();
  const ended = ways.inProcess(ground, { env, again: true, signal: stop.signal });
  ended.catch(() => undefined);
  await vi.waitFor(() => expect(proxy.faults.total).toBeGreaterThan(0), { timeout: 20_000 });
  stop.abort();
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  proxy.always(undefined);
  expect(await tagsOf(ground)).toEqual([expect.stringContaining('started')]);
  const next = await ways.inProcess(ground, { env });
  expect(next.migrationId > first.migrationId).toBe(true);
  expect(next).toMatchObject({ state: 'completed', stats: { skippedCount: 3 } });
});

test.each([
  ['access-denied', 'ResourceArn', 'allow dynamodb:ListTagsOfResource on table'],
  ['access-denied', '"Tags":', 'allow dynamodb:TagResource on table'],
  ['unknown-operation', 'ResourceArn', 'has no such call'],
] as const)('%s for %s: the run completes and says what to permit', async (fault, naming, says) => {
  await using ground = await openGround();
  const proxy = await startDynamoDbProxy({ endpoint: ground.env['AWS_ENDPOINT_URL_DYNAMODB']! });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...ground.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await ground.fill('ann', days(3));
  proxy.always(fault, naming);
  const first = await ground.inProcess({ env });
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 3 } });
  expect(first.advice).toContain(says);
  expect(first.advice).toContain('Permit dynamodb:ListTagsOfResource and dynamodb:TagResource');
  expect(await tagsOf(ground)).toEqual([]);
  // As it ever was: the state file tells, and without it the next start runs.
  expect(await ground.inProcess({ env })).toEqual(first);
  const second = await ways.inProcess(ground, { env });
  expect(second).toMatchObject({ state: 'completed', stats: { skippedCount: 3 } });

  proxy.always(undefined);
  const third = await ways.inProcess(ground, { env });
  expect(third).toMatchObject({ stats: { skippedCount: 3 }, advice: null });
  // The same table, by whatever way.
  expect(await ways.inProcess(ground)).toMatchObject({ migrationId: third.migrationId });
});

test('while the table can not say whether it was migrated, nothing is written', async () => {
  await using ground = await openGround();
  const proxy = await startDynamoDbProxy({ endpoint: ground.env['AWS_ENDPOINT_URL_DYNAMODB']! });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...ground.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await ground.fill('ann', days(3));
  const first = await ground.inProcess({ env });
  await useTable(ground);
  proxy.always('unavailable', 'ResourceArn');
  await expect(ways.inProcess(ground, { env })).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
  // The state file knows without.
  expect(await ground.inProcess({ env })).toEqual(first);
  expect(await ground.countItems()).toBe(2);
});

test('a rollback deletes nothing while the table goes on saying that the run has completed', async () => {
  await using ground = await openGround();
  const proxy = await startDynamoDbProxy({ endpoint: ground.env['AWS_ENDPOINT_URL_DYNAMODB']! });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await ground.fill('ann', days(3));
  const { migrationId } = await ways.inProcess(ground);
  const context = await ground.openQueue({ AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
  ground.addWorker(context);
  proxy.always('access-denied', '"Tags":');
  const { id } = await startOperation(context, { kind: 'rollback', dryRun: false });
  await vi.waitFor(
    async () =>
      expect(await context.ledger.current()).toMatchObject({
        control: 'pause',
        reason: expect.stringContaining('allow dynamodb:TagResource on table'),
      }),
    { timeout: 30_000 },
  );
  expect(await ground.countItems()).toBe(3);
  expect(await ways.inProcess(ground)).toMatchObject({ migrationId });

  proxy.always(undefined);
  await controlCurrent(context, 'run');
  expect(await waitForEnd(context.ledger, id, { limitMs: 40_000 })).toMatchObject({ state: 'completed' });
  await expect(ways.inProcess(ground)).rejects.toMatchObject({ code: 'ROLLED_BACK' });
});

test.each([
  ['access-denied', /allow dynamodb:ListTagsOfResource .* journal-migration\/ are removed$/],
  ['unknown-operation', /^Rollback completed: 3 items deleted$/],
] as const)(
  'a rollback that meets %s for tags goes on, and says what it does not know',
  async (fault, says) => {
    await using ground = await openGround();
    const proxy = await startDynamoDbProxy({ endpoint: ground.env['AWS_ENDPOINT_URL_DYNAMODB']! });
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    proxy.always(fault, 'ResourceArn');
    await ground.fill('ann', days(3));
    const AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
    await ground.inProcess({ env: { ...ground.env, AWS_ENDPOINT_URL_DYNAMODB } });
    const context = await ground.openQueue({ AWS_ENDPOINT_URL_DYNAMODB });
    ground.addWorker(context);
    const { id } = await startOperation(context, { kind: 'rollback', dryRun: false });
    const ended = await waitForEnd(context.ledger, id, { limitMs: 40_000 });
    expect(rollbackReport(ended!)).toMatchObject({ success: true, deleted: 3 });
    expect(rollbackReport(ended!).message).toMatch(says);
  },
);

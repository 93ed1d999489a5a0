import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { controlCurrent, rollbackReport, startOperation, waitForOperation } from '@migrator/engine';
import { createHeatmapsTable, startDynamoDbProxy } from '@migrator/devkit';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { ExecuteMigrationOptions } from './options.ts';
import type { MigrationResult } from './migration-result.ts';
import {
  days,
  type TestEnvironment,
  openTestEnvironment,
  tooLarge,
} from './test-support/open-test-environment.ts';

/** Starts that know nothing of earlier ones: no state file, or a Redis that was emptied. */
const ways = {
  inProcess: (environment: TestEnvironment, options?: ExecuteMigrationOptions) =>
    environment.inProcess({ stateFile: false, ...options }),
  overQueue: (environment: TestEnvironment, options?: ExecuteMigrationOptions) => {
    const QUEUE_PREFIX = environment.env.QUEUE_PREFIX.replace('}', `-${(emptied += 1)}}`);
    return environment.overQueue({ ...options, env: { ...environment.env, ...options?.env, QUEUE_PREFIX } });
  },
} as const;
let emptied = 0;
type Way = keyof typeof ways;
const pairs: readonly [Way, Way][] = [
  ['inProcess', 'inProcess'],
  ['overQueue', 'overQueue'],
  ['overQueue', 'inProcess'],
];

async function tagsOf({ dynamodb, table }: TestEnvironment): Promise<string[]> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const { Tags = [] } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: Table!.TableArn! }));
  return Tags.map(({ Value }) => Value!.split(' ').slice(1, 3).join(' '));
}

/** The application deletes one item and saves another. */
async function useTable(environment: TestEnvironment): Promise<void> {
  const { dynamodb, table: TableName } = environment;
  const [first, second] = await environment.items();
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: { dateKey: first!['dateKey']! } }));
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...second, updatedAt: { S: new Date().toISOString() } } }),
  );
}

async function rollBack(environment: TestEnvironment, migrationId?: string): Promise<void> {
  const context = await environment.openQueue();
  const worker = environment.addWorker(context);
  const request = { kind: 'rollback', dryRun: false } as const;
  const { id } = await startOperation(context, {
    ...request,
    migrationId,
  });
  expect(await waitForOperation(() => context.ledger.get(id), { limitMs: 40_000 })).toMatchObject({
    state: 'completed',
  });
  await worker.stop();
}

test.each(pairs)('%s, then %s without a memory: what the application deleted stays so', async (one, two) => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(4));
  await environment.fill('bob', days(2));
  const first = await ways[one](environment);
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 6 }, advice: null });
  await useTable(environment);
  const used = await environment.items();
  expect(used).toHaveLength(5);

  const known = { ...first, subcollections: null };
  known.verification = { ...known.verification!, subcollections: null };
  expect(await ways[two](environment)).toEqual(known satisfies MigrationResult);
  expect(await environment.items()).toEqual(used);
  expect(await tagsOf(environment)).toEqual([`completed ${first.migrationId}`]);

  const again = await ways[two](environment, { again: true });
  expect(again).toMatchObject({ state: 'completed', stats: { createdCount: 1, conflictCount: 1 } });
  expect(again.migrationId > first.migrationId).toBe(true);
  expect(await ways[two](environment)).toMatchObject({ migrationId: again.migrationId });
  expect(await tagsOf(environment)).toEqual([`completed ${again.migrationId}`]);
});

test('a run counts for its own source and settings, and for what it did', async () => {
  await using environment = await openTestEnvironment();
  await using other = await openTestEnvironment();
  await environment.fill('ann', days(2));
  await other.fill('bob', days(3));
  const first = await ways.inProcess(environment);
  const env = { ...environment.env, GOOGLE_CLOUD_PROJECT: other.env.GOOGLE_CLOUD_PROJECT };
  const second = await ways.inProcess(environment, { env, verify: false });
  expect(second).toMatchObject({ stats: { createdCount: 3 } });
  const compressing = { env: { ...environment.env, OVERSIZE: 'gzip' }, verify: false };
  const gzip = await ways.inProcess(environment, compressing);
  expect(gzip).toMatchObject({ stats: { skippedCount: 2 } });
  expect((await tagsOf(environment)).toSorted()).toEqual(
    [first, second, gzip].map(({ migrationId }) => `completed ${migrationId}`),
  );
  expect(await ways.inProcess(environment, { userIds: ['ann'], verify: false })).toMatchObject({
    migrationId: first.migrationId,
  });
  // That run did not verify, so it is none where that is wanted.
  expect(await ways.inProcess(environment, { env, verify: false })).toMatchObject({
    migrationId: second.migrationId,
    verification: null,
  });
  const verified = await ways.inProcess(environment, { env });
  expect(verified.migrationId).not.toBe(second.migrationId);
  expect(verified).toMatchObject({ verification: { counts: { firestore: 3 } } });
});

test('a prune is told of as it was', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  const { prune, stats } = await ways.inProcess(environment, { prune: true });
  expect(prune).toMatchObject({ pruned: 0 });
  expect(await ways.inProcess(environment, { prune: true })).toMatchObject({ prune, stats });
});

test('another table of the same name was not migrated', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  await ways.inProcess(environment);
  const { dynamodb, table: TableName } = environment;
  await dynamodb.send(new DeleteTableCommand({ TableName }));
  const waiting = { client: dynamodb, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 };
  await waitUntilTableNotExists(waiting, { TableName });
  await createHeatmapsTable(environment.env.AWS_ENDPOINT_URL_DYNAMODB, TableName);
  expect(await ways.inProcess(environment)).toMatchObject({ stats: { createdCount: 3 } });
});

test.each([false, true])(
  'after a rollback nothing is migrated until it is asked for (state file kept: %s)',
  async (isKept) => {
    await using environment = await openTestEnvironment();
    const boot = (options?: ExecuteMigrationOptions) =>
      isKept ? environment.inProcess(options) : ways.inProcess(environment, options);
    await environment.fill('ann', days(3));
    const { migrationId } = await boot();
    await rollBack(environment, 'migration-20200101T000000000Z');
    expect(await boot()).toMatchObject({ migrationId });
    await rollBack(environment, migrationId);
    expect(await environment.countItems()).toBe(0);
    expect(await tagsOf(environment)).toEqual([`rolled-back ${migrationId}`]);
    const rolledBack = { code: 'ROLLED_BACK', message: expect.stringContaining(migrationId) };
    await expect(boot()).rejects.toMatchObject(rolledBack);
    await expect(ways.overQueue(environment)).rejects.toMatchObject(rolledBack);
    expect(await environment.countItems()).toBe(0);

    const again = await boot({ again: true });
    expect(again).toMatchObject({ stats: { createdCount: 3 } });
    expect(await boot()).toMatchObject({ migrationId: again.migrationId });
    await rollBack(environment);
    await expect(boot()).rejects.toMatchObject({ code: 'ROLLED_BACK' });
  },
);

test('what has failures, is invalid, is of some users or writes nothing is no completed run', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', [...days(2), tooLarge('large')]);
  await ways.inProcess(environment, { userIds: ['ann'] });
  await ways.inProcess(environment, { dryRun: true });
  expect(await ways.inProcess(environment)).toMatchObject({ state: 'completed-with-failures' });
  expect(await tagsOf(environment)).toEqual([]);
  await environment.fill('ann', [{ date: 'large', fields: { trades: [] } }]);
  const first = await ways.inProcess(environment);
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 1 } });

  // Neither says anything against it.
  await ways.inProcess(environment, { userIds: ['ann'], again: true });
  await ways.inProcess(environment, { dryRun: true });
  expect(await tagsOf(environment)).toEqual([`completed ${first.migrationId}`]);

  const at = { S: '2026-01-01T00:00:00.000Z' };
  const metadata = { migratedFrom: { S: 'firestore' }, migratedAt: at, originalTimestamp: at };
  const data = { userId: { S: 'ann' }, date: { S: 'gone' }, metadata: { M: metadata } };
  const Item = { dateKey: { S: 'journal_ann_gone' }, updatedAt: at, data: { M: data } };
  await environment.dynamodb.send(new PutItemCommand({ TableName: environment.table, Item }));
  const invalid = await ways.inProcess(environment, { again: true });
  expect(invalid).toMatchObject({ state: 'completed', verification: { isValid: false } });
  expect(await tagsOf(environment)).toEqual([`started ${invalid.migrationId}`]);
  const pruned = await ways.inProcess(environment, { prune: true });
  expect(pruned).toMatchObject({ verification: { isValid: true }, prune: { pruned: 1 } });
  expect(await ways.inProcess(environment)).toMatchObject({ migrationId: pruned.migrationId });
});

test('a run that was asked for again and was stopped is not the completed one of before', async () => {
  await using environment = await openTestEnvironment();
  const proxy = await startDynamoDbProxy({ endpoint: environment.env.AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...environment.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await environment.fill('ann', days(3));
  const first = await ways.inProcess(environment, { env });
  // It gets as far as to the first items that it reads.
  proxy.always('throughput-exceeded', '"Keys":[');
  const stop = new AbortController();
  const ended = ways.inProcess(environment, { env, again: true, signal: stop.signal });
  ended.catch(() => undefined);
  await vi.waitFor(() => expect(proxy.faults.total).toBeGreaterThan(0), { timeout: 20_000 });
  stop.abort();
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  proxy.always(undefined);
  expect(await tagsOf(environment)).toEqual([expect.stringContaining('started')]);
  const next = await ways.inProcess(environment, { env });
  expect(next.migrationId > first.migrationId).toBe(true);
  expect(next).toMatchObject({ state: 'completed', stats: { skippedCount: 3 } });
});

test.each([
  ['access-denied', 'ResourceArn', 'allow dynamodb:ListTagsOfResource on table'],
  ['access-denied', '"Tags":', 'allow dynamodb:TagResource on table'],
  ['unknown-operation', 'ResourceArn', 'has no such call'],
] as const)('%s for %s: the run completes and says what to permit', async (fault, naming, says) => {
  await using environment = await openTestEnvironment();
  const proxy = await startDynamoDbProxy({ endpoint: environment.env.AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...environment.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await environment.fill('ann', days(3));
  proxy.always(fault, naming);
  const first = await environment.inProcess({ env });
  expect(first).toMatchObject({ state: 'completed', stats: { createdCount: 3 } });
  expect(first.advice).toContain(says);
  expect(first.advice).toContain('Permit dynamodb:ListTagsOfResource and dynamodb:TagResource');
  expect(await tagsOf(environment)).toEqual([]);
  // As it ever was: the state file tells, and without it the next start runs.
  expect(await environment.inProcess({ env })).toEqual(first);
  const second = await ways.inProcess(environment, { env });
  expect(second).toMatchObject({ state: 'completed', stats: { skippedCount: 3 } });

  proxy.always(undefined);
  const third = await ways.inProcess(environment, { env });
  expect(third).toMatchObject({ stats: { skippedCount: 3 }, advice: null });
  // The same table, by any way.
  expect(await ways.inProcess(environment)).toMatchObject({ migrationId: third.migrationId });
});

test('while the table can not say whether it was migrated, nothing is written', async () => {
  await using environment = await openTestEnvironment();
  const proxy = await startDynamoDbProxy({ endpoint: environment.env.AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const env = { ...environment.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  await environment.fill('ann', days(3));
  const first = await environment.inProcess({ env });
  await useTable(environment);
  proxy.always('unavailable', 'ResourceArn');
  await expect(ways.inProcess(environment, { env })).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
  // The state file knows without.
  expect(await environment.inProcess({ env })).toEqual(first);
  expect(await environment.countItems()).toBe(2);
});

test('a rollback deletes nothing while the table goes on saying that the run has completed', async () => {
  await using environment = await openTestEnvironment();
  const proxy = await startDynamoDbProxy({ endpoint: environment.env.AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await environment.fill('ann', days(3));
  const { migrationId } = await ways.inProcess(environment);
  const context = await environment.openQueue({ AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
  environment.addWorker(context);
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
  expect(await environment.countItems()).toBe(3);
  expect(await ways.inProcess(environment)).toMatchObject({ migrationId });

  proxy.always(undefined);
  await controlCurrent(context, 'run');
  expect(await waitForOperation(() => context.ledger.get(id), { limitMs: 40_000 })).toMatchObject({
    state: 'completed',
  });
  await expect(ways.inProcess(environment)).rejects.toMatchObject({ code: 'ROLLED_BACK' });
});

test.each([
  ['access-denied', /allow dynamodb:ListTagsOfResource .* journal-migration\/ are removed$/],
  ['unknown-operation', /^Rollback completed: 3 items deleted$/],
] as const)(
  'a rollback that meets %s for tags goes on, and says what it does not know',
  async (fault, says) => {
    await using environment = await openTestEnvironment();
    const proxy = await startDynamoDbProxy({ endpoint: environment.env.AWS_ENDPOINT_URL_DYNAMODB });
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    proxy.always(fault, 'ResourceArn');
    await environment.fill('ann', days(3));
    const AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
    await environment.inProcess({ env: { ...environment.env, AWS_ENDPOINT_URL_DYNAMODB } });
    const context = await environment.openQueue({ AWS_ENDPOINT_URL_DYNAMODB });
    environment.addWorker(context);
    const { id } = await startOperation(context, { kind: 'rollback', dryRun: false });
    const ended = await waitForOperation(() => context.ledger.get(id), { limitMs: 40_000 });
    expect(rollbackReport(ended!)).toMatchObject({ success: true, deleted: 3 });
    expect(rollbackReport(ended!).message).toMatch(says);
  },
);

import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { openQueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { taskId } from '@migrator/core';
import { startRedis } from '@migrator/devkit';
import { startDynamoDbProxy, startFirestoreProxy, ThrottledTable } from '@migrator/devkit';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { basePath } from './api-context.ts';
import { startServer } from './start-server.ts';
import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const patiently = { timeout: 45_000, interval: 100 };

async function fill(
  environment: TestEnvironment,
  users: readonly string[],
  entries: number,
): Promise<number> {
  const writer = environment.firestore.bulkWriter();
  for (const user of users) {
    for (let day = 0; day < entries; day += 1) {
      const path = `users/${user}/trading-journal/day-${String(day).padStart(4, '0')}`;
      void writer.set(environment.firestore.doc(path), { note: 'x'.repeat(1_500), day });
    }
  }
  await writer.close();
  return users.length * entries;
}

async function status(environment: TestEnvironment): Promise<unknown> {
  return (await environment.call('GET /status')).body;
}

async function untilEnded(environment: TestEnvironment): Promise<unknown> {
  return await vi.waitFor(async () => {
    const body = await status(environment);
    expect(at(body, 'currentStatus.state')).toBe('idle');
    expect(at(body, 'lastMigration.state')).toBeDefined();
    return at(body, 'lastMigration');
  }, patiently);
}

async function openDynamoDbProxy(table?: ThrottledTable) {
  const endpoint = inject('services').AWS_ENDPOINT_URL_DYNAMODB;
  const proxy = await startDynamoDbProxy({ endpoint, table });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

async function untilSomeWritten(environment: TestEnvironment): Promise<void> {
  await vi.waitFor(async () => {
    const { Count = 0 } = await environment.dynamodb.send(
      new ScanCommand({ TableName: environment.table, Select: 'COUNT', Limit: 5 }),
    );
    expect(Count).toBeGreaterThan(0);
  }, patiently);
}

test.each([
  ['access-denied', 'ACCESS_DENIED'],
  ['no-table', 'TABLE_NOT_FOUND'],
  ['expired-credentials', 'CREDENTIALS_EXPIRED'],
] as const)('DynamoDB: %s pauses the run and says why; resumed, it does the rest', async (fault, code) => {
  const proxy = await openDynamoDbProxy();
  await using environment = await openTestEnvironment({
    workers: 2,
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint, WRITE_CONCURRENCY: '4' },
  });
  const entries = await fill(environment, ['a', 'b', 'c', 'd'], 300);
  await environment.call('POST /start');
  await untilSomeWritten(environment);
  proxy.always(fault);
  await vi.waitFor(async () => {
    const body = await status(environment);
    expect(at(body, 'currentStatus.state')).toBe('paused');
    expect(at(body, 'currentStatus.progress.reason')).toMatch(new RegExp(`^${code}: `));
    expect(at(body, 'currentStatus.progress.pace.limitedBy')).toBe('paused');
    expect(at(body, 'currentStatus.progress.users.failed')).toBe(0);
  }, patiently);
  proxy.always(undefined);
  await environment.call('POST /resume');
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: entries, createdCount: entries, failureCount: 0 },
    verification: { isValid: true },
  });
});

test('Firestore: denied access pauses the run and says why; resumed, it does the rest', async () => {
  const proxy = await startFirestoreProxy({ emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await using environment = await openTestEnvironment({
    workers: 1,
    env: { FIRESTORE_EMULATOR_HOST: proxy.emulatorHost, USER_CONCURRENCY: '1', WRITE_CONCURRENCY: '2' },
  });
  const entries = await fill(environment, ['a', 'b', 'c'], 200);
  await environment.call('POST /start');
  await untilSomeWritten(environment);
  proxy.always('permission-denied');
  await vi.waitFor(async () => {
    const body = await status(environment);
    expect(at(body, 'currentStatus.state')).toBe('paused');
    expect(at(body, 'currentStatus.progress.reason')).toMatch(/^SOURCE_ACCESS_DENIED: /);
  }, patiently);
  proxy.always(undefined);
  await environment.call('POST /resume');
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries, users: { failed: 0 } },
  });
});

test('an outage fails no user: the status says what is out of reach, and all goes on when it is back', async () => {
  const proxy = await openDynamoDbProxy();
  await using environment = await openTestEnvironment({
    workers: 1,
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint, WRITE_CONCURRENCY: '4' },
  });
  const entries = await fill(environment, ['a', 'b', 'c', 'd'], 200);
  await environment.call('POST /start');
  await untilSomeWritten(environment);
  proxy.always('unavailable');
  await vi.waitFor(async () => {
    const body = await status(environment);
    expect(at(body, 'currentStatus.state')).toBe('migrating');
    expect(at(body, 'currentStatus.progress.reason')).toMatch(/^TARGET_UNAVAILABLE: /);
  }, patiently);
  proxy.always(undefined);
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries, failureCount: 0, users: { failed: 0 } },
  });
});

test('a table that throttles slows the run down and fails nothing', async () => {
  const table = new ThrottledTable({ writeUnitsPerSecond: 150, burstSeconds: 0.5 });
  const proxy = await openDynamoDbProxy(table);
  await using environment = await openTestEnvironment({
    workers: 2,
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint },
  });
  const entries = await fill(environment, ['a', 'b', 'c', 'd'], 200);
  await environment.call('POST /start', { body: { verify: false } });
  await vi.waitFor(async () => {
    expect(at(await status(environment), 'currentStatus.progress.pace.limitedBy')).toBe('throttled');
  }, patiently);
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: entries, failureCount: 0, users: { failed: 0 } },
  });
  expect(proxy.faults.counts['throughput-exceeded']).toBeGreaterThan(0);
});

test('a user whose process ends again and again is tried alone, then failed; others are not condemned with it', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const entries = await fill(environment, ['poison', 'unlucky', 'other'], 50);
  const { body } = await environment.call('POST /start', { body: { verify: false } });
  const id = String(at(body, 'migrationId'));
  const { ledger } = environment.context;
  const binding = await environment.context.binding();
  const [poison, unlucky] = ['poison', 'unlucky'].map((userId) => taskId({ type: 'user', userId }));
  // What a process leaves behind that ends in the middle of them.
  for (let crash = 0; crash < 3; crash += 1) {
    for (const task of [poison, unlucky]) await ledger.startTask(id, task ?? '', { binding });
  }
  await ledger.startTask(id, poison ?? '', { binding, isolated: true });
  environment.addWorker();
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed-with-failures',
    stats: {
      createdCount: entries - 50,
      users: { completed: 2, failed: 1 },
      errors: [{ path: 'users/poison/trading-journal', code: 'POISONED' }],
    },
  });
});

test('a Redis that is flushed in the middle: the status says so, and a new start finishes the work', async () => {
  await using redis = await startRedis();
  await using environment = await openTestEnvironment({
    workers: 1,
    env: { REDIS_URL: redis.url, MAX_WRITE_UNITS_PER_SECOND: '300' },
  });
  const entries = await fill(environment, ['a', 'b', 'c', 'd'], 150);
  const { body } = await environment.call('POST /start');
  await untilSomeWritten(environment);
  await environment.context.redis.flushall();
  await vi.waitFor(async () => {
    const now = await status(environment);
    expect(at(now, 'currentStatus.state')).toBe('idle');
    expect(at(now, 'currentStatus.notice')).toContain(String(at(body, 'migrationId')));
  }, patiently);
  const other = await openOtherApi(environment);
  await vi.waitFor(async () => {
    const notice = at(await (await fetch(`${other}${basePath}/status`)).json(), 'currentStatus.notice');
    expect(notice).toContain(`items that ${String(at(body, 'migrationId'))} wrote`);
  }, patiently);
  await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: null } });
  expect((await environment.call('POST /start')).status).toBe(202);
  const last = await untilEnded(environment);
  expect(last).toMatchObject({ state: 'completed', verification: { isValid: true } });
  expect(at(last, 'stats.totalProcessed')).toBe(entries);
  expect(at(last, 'stats.skippedCount')).toBeGreaterThan(0);
  expect(at(await status(environment), 'currentStatus.notice')).toBeNull();
  const later: unknown = await (await fetch(`${other}${basePath}/status`)).json();
  expect(at(later, 'currentStatus.notice')).toBeNull();
});

/** An API that has seen nothing of what went on. Its URL. */
async function openOtherApi(environment: TestEnvironment): Promise<string> {
  const config = readConfig(environment.env);
  const context = await openQueueContext(config, 'api', () => undefined);
  const server = await startServer(context, config);
  onTestFinished(async () => {
    await server.stop();
    await context.close();
  });
  return server.url;
}

import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDbProxy, startFirestoreProxy } from '@migrator/devkit';
import { expect, inject, test, vi } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const entriesPerUser = 40;
/** Five attempts, each with all the tries of core's table, take some 40 seconds. */
const patiently = { timeout: 150_000, interval: 200 };

async function fill(environment: TestEnvironment, users: readonly string[]): Promise<void> {
  const writer = environment.firestore.bulkWriter();
  for (const user of users) {
    for (let day = 100; day < 100 + entriesPerUser; day += 1) {
      void writer.set(environment.firestore.doc(`users/${user}/trading-journal/day-${day}`), { day });
    }
  }
  await writer.close();
}

/** With something in the table each attempt begins with reads, which are no progress. */
async function fillTable(environment: TestEnvironment): Promise<void> {
  const item = { dateKey: { S: 'the-applications' } };
  await environment.dynamodb.send(new PutItemCommand({ TableName: environment.table, Item: item }));
}

/** The migration's: beside the one that fillTable has put there. */
async function itemsInTable(environment: TestEnvironment): Promise<number> {
  const { Count = 0 } = await environment.dynamodb.send(
    new ScanCommand({ TableName: environment.table, Select: 'COUNT' }),
  );
  return Count - 1;
}

async function untilEnded(environment: TestEnvironment): Promise<unknown> {
  return await vi.waitFor(async () => {
    const { body } = await environment.call('GET /status');
    expect(at(body, 'currentStatus.state')).toBe('idle');
    return at(body, 'lastMigration');
  }, patiently);
}

async function openWithProxies() {
  const services = inject('services');
  await using opened = new AsyncDisposableStack();
  const dynamodb = opened.use(await startDynamoDbProxy({ endpoint: services.AWS_ENDPOINT_URL_DYNAMODB }));
  const firestore = opened.use(await startFirestoreProxy({ emulatorHost: services.FIRESTORE_EMULATOR_HOST }));
  const environment = opened.use(
    await openTestEnvironment({
      workers: 1,
      env: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, FIRESTORE_EMULATOR_HOST: firestore.emulatorHost },
    }),
  );
  const all = opened.move();
  return { environment, dynamodb, firestore, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

test.concurrent('an entry whose own write or read meets a 500 for ever fails alone, and a user who can not be read with all entries', async () => {
  await using opened = await openWithProxies();
  const { environment, dynamodb, firestore } = opened;
  await fillTable(environment);
  await fill(environment, ['unwritable', 'broken', 'unreadable', 'a', 'b']);
  await environment.firestore.doc('users/broken/trading-journal/day-110').set({ note: 'does not come' });
  dynamodb.always('internal-error', /journal_unwritable_day-110"\},(?:"data"|\{"M")/);
  firestore.always('internal', 'users/unreadable', 'RunQuery');
  firestore.breakAt('does not come');

  const { body } = await environment.call('POST /start', { body: { verify: false } });
  const failed = await untilEnded(environment);
  expect(failed).toMatchObject({
    state: 'completed-with-failures',
    stats: {
      totalProcessed: 5 * entriesPerUser,
      createdCount: 4 * entriesPerUser - 2,
      failureCount: 2 + entriesPerUser,
      skippedCount: 0,
      users: { listed: 5, completed: 2, failed: 3 },
    },
  });
  const errors = at(failed, 'stats.errors') as { path: string; code: string; message: string }[];
  expect(Object.fromEntries(errors.map(({ path, code }) => [path, code]))).toEqual({
    'users/unwritable/trading-journal/day-110': 'TARGET_UNAVAILABLE',
    'users/broken/trading-journal/day-110': 'SOURCE_UNAVAILABLE',
    'users/unreadable/trading-journal': 'SOURCE_UNAVAILABLE',
  });
  expect(errors.find(({ path }) => path === 'users/unreadable/trading-journal')?.message).toContain(
    `${entriesPerUser} of the user's ${entriesPerUser} entries`,
  );
  expect(await itemsInTable(environment)).toBe(4 * entriesPerUser - 2);

  dynamodb.always(undefined);
  firestore.always(undefined);
  firestore.breakAt(undefined);
  await environment.call(`POST /migrations/${String(at(body, 'migrationId'))}/retry`);
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: {
      totalProcessed: 5 * entriesPerUser,
      createdCount: 5 * entriesPerUser,
      failureCount: 0,
      users: { completed: 5, failed: 0 },
      errors: [],
    },
  });
}, 200_000);

test.concurrent('a key that can not be read is written on its condition, and the page with it', async () => {
  await using opened = await openWithProxies();
  const { environment, dynamodb } = opened;
  await fillTable(environment);
  await fill(environment, ['a', 'unlooked']);
  dynamodb.always('internal-error', /journal_unlooked_day-110"\}\}/);
  await environment.call('POST /start', { body: { verify: false } });
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: 2 * entriesPerUser, users: { completed: 2, failed: 0 } },
  });
}, 200_000);

test.concurrent('a table that takes reads but no writes is an outage: no attempt of anybody counts', async () => {
  await using proxy = await startDynamoDbProxy({ endpoint: inject('services').AWS_ENDPOINT_URL_DYNAMODB });
  await using environment = await openTestEnvironment({
    workers: 1,
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint },
  });
  await fillTable(environment);
  await fill(environment, ['a', 'b', 'c']);
  proxy.always('unavailable', /ConditionExpression|"Parameters":\[\{"S":"journal/);
  await environment.call('POST /start', { body: { verify: false } });
  const tried = await vi.waitFor(async () => {
    const jobs = await environment.context.queues.tasks.getJobs();
    expect(jobs).toHaveLength(3);
    for (const job of jobs) expect(job.attemptsStarted).toBeGreaterThan(1);
    return jobs;
  }, patiently);
  expect(tried.map((job) => job.attemptsMade)).toEqual([0, 0, 0]);
  proxy.always(undefined);
  expect(await untilEnded(environment)).toMatchObject({
    state: 'completed',
    stats: { createdCount: 3 * entriesPerUser, users: { completed: 3, failed: 0 } },
  });
}, 200_000);

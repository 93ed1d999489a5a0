import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDbProxy, startFirestoreProxy } from '@migrator/testing';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { at, openStack, type Stack } from './testing/stack.ts';

const entriesPerUser = 40;
/** Five attempts, each with all the tries of core's table, take some 40 seconds. */
const patiently = { timeout: 150_000, interval: 200 };

async function fill(stack: Stack, users: readonly string[]): Promise<void> {
  const writer = stack.firestore.bulkWriter();
  for (const user of users) {
    for (let day = 100; day < 100 + entriesPerUser; day += 1) {
      void writer.set(stack.firestore.doc(`users/${user}/trading-journal/day-${day}`), { day });
    }
  }
  await writer.close();
}

/** With something in the table each attempt begins with reads, which are no progress. */
async function fillTable(stack: Stack): Promise<void> {
  const item = { dateKey: { S: 'the-applications' } };
  await stack.dynamodb.send(new PutItemCommand({ TableName: stack.table, Item: item }));
}

async function untilEnded(stack: Stack): Promise<unknown> {
  return await vi.waitFor(async () => {
    const { body } = await stack.call('GET /status');
    expect(at(body, 'currentStatus.state')).toBe('idle');
    return at(body, 'lastMigration');
  }, patiently);
}

test('users whose own reads or writes meet a 500 for ever fail with its code, and keep no run from its end', async () => {
  const services = inject('services');
  const dynamodb = await startDynamoDbProxy({ endpoint: services.AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => dynamodb[Symbol.asyncDispose]());
  const firestore = await startFirestoreProxy({ emulatorHost: services.FIRESTORE_EMULATOR_HOST });
  onTestFinished(() => firestore[Symbol.asyncDispose]());
  await using stack = await openStack({
    workers: 1,
    env: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, FIRESTORE_EMULATOR_HOST: firestore.emulatorHost },
  });
  await fillTable(stack);
  await fill(stack, ['unwritable', 'unreadable', 'a', 'b', 'c']);
  // Its writes alone, and nothing of its user's follows that could get on behind it.
  dynamodb.always('internal-error', `"journal_unwritable_day-${99 + entriesPerUser}"},"data"`);
  firestore.always('internal', 'users/unreadable');

  const { body } = await stack.call('POST /start', { body: { verify: false } });
  const failed = await untilEnded(stack);
  expect(failed).toMatchObject({
    state: 'completed-with-failures',
    stats: { users: { listed: 5, completed: 3, failed: 2 }, skippedCount: 0, failureCount: 0 },
  });
  expect(at(failed, 'stats.createdCount')).toBe(4 * entriesPerUser - 1);
  expect(at(failed, 'stats.errors')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: 'users/unwritable/trading-journal', code: 'TARGET_UNAVAILABLE' }),
      expect.objectContaining({ path: 'users/unreadable/trading-journal', code: 'SOURCE_UNAVAILABLE' }),
    ]),
  );

  dynamodb.always(undefined);
  firestore.always(undefined);
  await stack.call(`POST /migrations/${String(at(body, 'migrationId'))}/retry`);
  expect(await untilEnded(stack)).toMatchObject({
    state: 'completed',
    stats: {
      totalProcessed: 5 * entriesPerUser,
      createdCount: 5 * entriesPerUser,
      users: { completed: 5, failed: 0 },
      errors: [],
    },
  });
}, 200_000);

test('a table that takes reads but no writes is an outage: no attempt of anybody counts', async () => {
  const proxy = await startDynamoDbProxy({ endpoint: inject('services').AWS_ENDPOINT_URL_DYNAMODB });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  await using stack = await openStack({
    workers: 1,
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint },
  });
  await fillTable(stack);
  await fill(stack, ['a', 'b', 'c']);
  proxy.always('unavailable', 'ConditionExpression');
  await stack.call('POST /start', { body: { verify: false } });
  const tried = await vi.waitFor(async () => {
    const jobs = await stack.context.queues.units.getJobs();
    expect(jobs).toHaveLength(3);
    for (const job of jobs) expect(job.attemptsStarted).toBeGreaterThan(1);
    return jobs;
  }, patiently);
  expect(tried.map((job) => job.attemptsMade)).toEqual([0, 0, 0]);
  proxy.always(undefined);
  expect(await untilEnded(stack)).toMatchObject({
    state: 'completed',
    stats: { createdCount: 3 * entriesPerUser, users: { completed: 3, failed: 0 } },
  });
}, 200_000);

import { openServices } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { MigrationError, type Operation, type Source, type Target } from '@migrator/core';
import {
  createMemoryLedger,
  type EngineContext,
  type EngineSettings,
  runInProcess,
  verificationReport,
} from '@migrator/engine';
import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change, fill, put, read, remove } from './testing/table-items.ts';

type Wrap<T> = (real: T) => Partial<T>;

const wait = { headers: { Prefer: 'wait=50' } };

test('the reverse pass asks Firestore nothing while both passes find the same items', async () => {
  await using environment = await openFilled();
  await environment.firestore.doc('users/a/trading-journal/b_c').set({ trades: [] });
  await environment.firestore.doc('users/a_b/trading-journal/c').set({ trades: [] });
  await environment.call('POST /start', { ...wait, body: { verify: false } });
  await change(environment, 'journal_bob_1', (item) => (item['updatedAt'] = { S: 'later' }));
  await change(environment, 'journal_bob_2', (item) => (item['data']!.M!['more'] = { NULL: true }));
  await put(environment, { dateKey: { S: 'settings_1' }, theme: { S: 'dark' } });
  const { report, operation, lookedUp } = await verify(environment);
  expect(lookedUp).toBe(0);
  expect(report).toMatchObject({
    issueCounts: { missing: 1, different: 1, unexpected: 0, 'target-changed': 1 },
    counts: { firestore: 10, dynamodb: 9 },
  });
  expect(operation.totals).toMatchObject({ scanned: 10 });
  expect(operation.totals).not.toHaveProperty('rescanned');
  expect(operation.tasks.listed).toBe(4 + 8);
});

test('where it finds others a close look names each: deleted entries, copies at another key', async () => {
  await using environment = await openFilled();
  await environment.firestore.doc('users/ann/trading-journal/1').delete();
  await put(environment, {
    ...(await read(environment, 'journal_bob_1')),
    dateKey: { S: 'journal_bob_copy' },
  });
  const { report, operation, lookedUp, issues } = await verify(environment);
  expect(lookedUp).toBeGreaterThan(0);
  expect(issues).toEqual({ journal_ann_1: 'unexpected', journal_bob_copy: 'unexpected' });
  expect(report).toMatchObject({
    isValid: false,
    counts: { firestore: 7, dynamodb: 9 },
    message: 'Data mismatch: 2 items without an entry',
  });
  expect(operation).toMatchObject({ totals: { scanned: 9, rescanned: 9 }, tasks: { listed: 2 + 8 + 8 } });
});

test('of some users only: what others have too much is not looked at', async () => {
  await using environment = await openFilled();
  await environment.firestore.doc('users/ann/trading-journal/1').delete();
  const bob = await verify(environment, { userIds: ['bob'] });
  expect(bob).toMatchObject({
    lookedUp: 0,
    report: { isValid: true, counts: { firestore: 3, dynamodb: 3 } },
  });
  const ann = await verify(environment, { userIds: ['ann'] });
  expect(ann).toMatchObject({ issues: { journal_ann_1: 'unexpected' } });
});

test('what changes between the two ways is looked at closely, and counts only if it is wrong then', async () => {
  await using environment = await openFilled();
  const deleted = await verify(environment, { target: once(() => remove(environment, 'journal_ann_1')) });
  expect(deleted).toMatchObject({ report: { isValid: true, issueCounts: { missing: 0, unexpected: 0 } } });
  expect(deleted.lookedUp).toBeGreaterThan(0);
  const copied = await read(environment, 'journal_ann_2');
  const added = await verify(environment, {
    target: once(() => put(environment, { ...copied, dateKey: { S: 'journal_copy' } })),
  });
  expect(added.issues).toEqual({ journal_ann_1: 'missing', journal_copy: 'unexpected' });
});

test('a task that begins again from its checkpoint adds nothing twice', async () => {
  await using environment = await openFilled();
  let calls = 0;
  const failsAtTheSecondPage: Wrap<Target> = (real) => ({
    getItems: async (keys, signal) => {
      calls += 1;
      if (calls === 2) throw new MigrationError('INTERNAL', 'a page that did not come');
      return await real.getItems(keys, signal);
    },
  });
  const result = await verify(environment, { target: failsAtTheSecondPage, settings: { pageEntries: 2 } });
  expect(calls).toBe(3 + 2 + 1);
  expect(result).toMatchObject({
    lookedUp: 0,
    report: { isValid: true, counts: { firestore: 8, dynamodb: 8 } },
  });
});

test('while some users can not be read, items without an entry are named all the same', async () => {
  await using environment = await openFilled();
  await environment.firestore.doc('users/ann/trading-journal/1').delete();
  const { operation, report, issues } = await verify(environment, { source: without('bob') });
  expect(operation).toMatchObject({ state: 'failed', tasks: { failed: 1, completed: 1 + 8 + 8 } });
  expect(report).toMatchObject({ isValid: false, issueCounts: { unexpected: 1, missing: 0 } });
  expect(issues).toEqual({ journal_ann_1: 'unexpected', '': 'INTERNAL' });
});

test('by count: only journals of users, only copies, and only what the run covered', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1.5);
  for (const path of [
    'archive/x/trading-journal/1',
    'users!/x/trading-journal/1',
    'users/ann/other/x/trading-journal/1',
    'users/ann/trading-journal/1/notes/x/trading-journal/1',
  ])
    await environment.firestore.doc(path).set({ trades: [] });
  await put(environment, { dateKey: { S: 'journal_settings' }, theme: { S: 'dark' } });
  const count = async (): Promise<unknown> => (await environment.call('GET /verify?mode=count', wait)).body;

  await environment.call('POST /start', { ...wait, body: { verify: false, userIds: ['bob'] } });
  expect(await count()).toMatchObject({ isValid: true, counts: { firestore: 3, dynamodb: 3 } });

  await environment.call('POST /start', { ...wait, body: { verify: false } });
  await change(environment, 'journal_bob_1', (item) => (item['updatedAt'] = { S: 'later' }));
  expect(await count()).toMatchObject({ isValid: true, counts: { firestore: 8, dynamodb: 8 } });
  await remove(environment, 'journal_ann_1');
  const differ = (await count()) as { verificationId: string };
  expect(differ).toMatchObject({
    isValid: false,
    counts: { firestore: 8, dynamodb: 7 },
    message: 'Data mismatch: 8 entries in Firestore, 7 items in DynamoDB',
  });
  // By tasks as any other verification is, not in a round of the coordinator.
  expect(await environment.context.ledger.get(differ.verificationId)).toMatchObject({
    tasks: { listed: 2 + 8 },
  });
});

test('the total of a run leaves out collections of the same name elsewhere', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1.5);
  for (const path of [
    'archive/x/trading-journal/1',
    'users!/x/trading-journal/1',
    'zebra/x/trading-journal/1',
  ])
    await environment.firestore.doc(path).set({ trades: [] });
  await environment.firestore.doc('users/__id7__/trading-journal/1').set({ trades: [] });
  const { body } = await environment.call('POST /start', { ...wait, body: { verify: false } });
  const run = await environment.context.ledger.get(String(at(body, 'migrationId')));
  expect(run).toMatchObject({ coordinatorState: { totalEntries: 9 }, totals: { created: 9 } });
});

test('through the queue, and as a part of a run: close jobs only where they are needed', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1.5);
  const closeJobs = async (): Promise<number> =>
    (await environment.context.queues.tasks.getJobs(['completed', 'waiting', 'active', 'failed'])).filter(
      ({ name }) => name.endsWith(' (rescan)'),
    ).length;
  const run = await environment.call('POST /start', wait);
  expect(run.body).toMatchObject({ verification: { isValid: true } });
  expect((await environment.call('GET /verify')).body).toMatchObject({ isValid: true });
  expect(await closeJobs()).toBe(0);

  await environment.firestore.doc('users/ann/trading-journal/1').delete();
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({ verification: { isValid: false, issueCounts: { unexpected: 1 } } });
  expect(await closeJobs()).toBe(8);
  const verification = String(at(body, 'verification.verificationId'));
  expect((await environment.call(`GET /verifications/${verification}`)).body).toMatchObject({
    issues: [{ kind: 'unexpected', dateKey: 'journal_ann_1' }],
  });
});

/** Does something when the first page of the table is asked for: behind the users, one task being worked on at a time. */
function once(work: () => Promise<void>): Wrap<Target> {
  let done: Promise<void> | undefined;
  return (real) => ({
    scan: async (request) => {
      await (done ??= work());
      return await real.scan(request);
    },
  });
}

function without(userId: string): Wrap<Source> {
  return (real) => ({
    readPage: async (request) => {
      if (request.userId === userId) throw new MigrationError('INTERNAL', `${userId} can not be read`);
      return await real.readPage(request);
    },
  });
}

interface VerifyOptions {
  readonly userIds?: readonly string[];
  readonly source?: Wrap<Source>;
  readonly target?: Wrap<Target>;
  readonly settings?: Partial<EngineSettings>;
}

/** A verification in this process, one task at a time, and how many entries it had looked up one by one. */
async function verify(environment: TestEnvironment, options: VerifyOptions = {}) {
  const services = await openServices(readConfig(environment.env));
  try {
    let lookedUp = 0;
    const source: Source = {
      ...services.source,
      ...options.source?.(services.source),
      readEntries: async (refs, how) => {
        lookedUp += refs.length;
        return await services.source.readEntries(refs, how);
      },
    };
    const target: Target = { ...services.target, ...options.target?.(services.target) };
    const ledger = createMemoryLedger();
    const settings = { ...services.settings, ...options.settings };
    const context: EngineContext = { ...services, settings, source, target, ledger };
    const { userIds } = options;
    const opened = await ledger.open(
      { kind: 'verification', mode: 'full', userIds },
      { now: new Date(), binding: await context.binding() },
    );
    if (!opened.opened) throw new Error('a ledger of its own is free');
    const operation: Operation = await runInProcess(context, opened.operation.id, {
      usersAtOnce: 1,
      signal: new AbortController().signal,
    });
    const kept = await ledger.issues(operation.id, { limit: 100 });
    const issues = Object.fromEntries(kept.issues.map(({ detail, code }) => [detail.dateKey ?? '', code]));
    return { operation, report: verificationReport(operation), lookedUp, issues };
  } finally {
    await services.close();
  }
}

async function openFilled(): Promise<TestEnvironment> {
  const environment = await openTestEnvironment();
  try {
    await fill(environment, 1.5);
    await environment.call('POST /start', { ...wait, body: { verify: false } });
    return environment;
  } catch (error) {
    await environment[Symbol.asyncDispose]();
    throw error;
  }
}

import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { startOperation } from '@migrator/engine';
import { expect, test, vi } from 'vitest';

import {
  at,
  type Environment,
  openTestEnvironment,
  type TestEnvironment,
} from './testing/test-environment.ts';
import { fill } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };

/** Another process group over the same Redis, with variables of its own; `openTestEnvironment` gives it another table. */
function sharing(environment: TestEnvironment, env: Environment = {}): Environment {
  const { QUEUE_PREFIX, GOOGLE_CLOUD_PROJECT } = environment.env;
  return { QUEUE_PREFIX, GOOGLE_CLOUD_PROJECT, ...env };
}

async function countItems({ dynamodb, table }: TestEnvironment): Promise<number> {
  const { Count } = await dynamodb.send(
    new ScanCommand({ TableName: table, ConsistentRead: true, Select: 'COUNT' }),
  );
  return Count ?? 0;
}

async function migrations(environment: TestEnvironment): Promise<unknown> {
  return at((await environment.call('GET /migrations')).body, 'migrations');
}

/** A run of another pair in the same ledger, as an application's own `executeMigration()` starts it. */
async function runBeside({ context }: TestEnvironment): Promise<void> {
  const request = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;
  const { id } = await startOperation(context, request);
  await vi.waitFor(
    async () => expect(await context.ledger.get(id)).toMatchObject({ state: 'completed' }),
    50_000,
  );
}

test('a worker with another table takes no part, says so while it lives, and the others do the whole run', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 1);
  await using stray = await openTestEnvironment({ env: sharing(environment) });
  const { body } = await environment.call('POST /start', { body: {} });
  const id = String(at(body, 'migrationId'));
  expect(body).toMatchObject({
    source: { project: environment.env['GOOGLE_CLOUD_PROJECT'] },
    target: { table: environment.table },
  });

  await vi.waitFor(
    async () => {
      const { body: now } = await environment.call('GET /status');
      expect(at(now, 'currentStatus.notice')).toMatch(
        new RegExp(
          `does not work on ${id}, because its configuration differs: table is ${stray.table} there and ${environment.table} in this run \\(DYNAMODB_TABLE\\)`,
        ),
      );
      expect(at(now, 'currentStatus.progress.reason')).toContain('no worker is configured for this run');
    },
    { timeout: 20_000, interval: 100 },
  );
  expect(stray.lines.filter((line) => line.includes('binding-mismatch'))).toHaveLength(1);
  expect(at((await stray.call('GET /status')).body, 'currentStatus')).toMatchObject({
    target: { table: environment.table },
    notice: expect.stringContaining('The configuration of this API differs'),
  });

  environment.addWorker();
  await vi.waitFor(
    async () => {
      const { body: now } = await environment.call('GET /status');
      expect(at(now, 'lastMigration')).toMatchObject({ migrationId: id, state: 'completed' });
      expect(at(now, 'currentStatus.notice')).toBeNull();
    },
    { timeout: 50_000, interval: 100 },
  );
  expect(at((await environment.call(`GET /migrations/${id}`)).body, 'stats')).toMatchObject({
    createdCount: 8,
  });
  expect(await countItems(environment)).toBe(8);
  expect(await countItems(stray)).toBe(0);

  // The stray one comes back to work once what runs is its own.
  await runBeside(stray);
  expect(await countItems(stray)).toBe(8);
});

test('what a worker said of itself is gone soon after its end', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 1);
  await using stray = await openTestEnvironment({ workers: 0, env: sharing(environment) });
  const worker = stray.addWorker();
  await environment.call('POST /start', { body: {} });
  const notice = async (): Promise<unknown> =>
    at((await environment.call('GET /status')).body, 'currentStatus.notice');
  await vi.waitFor(async () => expect(await notice()).toContain('does not work on'), { timeout: 20_000 });
  await worker.stop();
  await vi.waitFor(async () => expect(await notice()).toBeNull(), { timeout: 20_000 });
  await environment.call('POST /cancel');
});

test('a worker with another journal collection leaves no entries out', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 1);
  const env = { DYNAMODB_TABLE: environment.table, JOURNAL_COLLECTION: 'trading-journals' };
  await using stray = await openTestEnvironment({ env: sharing(environment, env) });
  environment.addWorker();
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({ state: 'completed', stats: { createdCount: 8, users: { completed: 2 } } });
  expect(stray.table).not.toBe(environment.table);
});

test('what is about a run of another table is refused with the differences, and deletes nothing', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1);
  const { body } = await environment.call('POST /start', wait);
  const migrationId = String(at(body, 'migrationId'));
  await using other = await openTestEnvironment({ env: sharing(environment) });
  const refused = {
    status: 409,
    body: { code: 'OTHER_BINDING', detail: expect.stringContaining(`table is ${other.table} here`) },
  };
  expect(await other.call('GET /verify')).toMatchObject(refused);
  expect(await other.call('POST /rollback', { body: { dryRun: false, migrationId } })).toMatchObject(refused);
  expect(await other.call('POST /rollback', { body: { dryRun: false } })).toMatchObject(refused);
  expect(await other.call(`POST /migrations/${migrationId}/retry`)).toMatchObject(refused);
  expect((await other.call('GET /status')).body).toMatchObject({
    currentStatus: { state: 'idle', target: { table: other.table } },
    lastMigration: null,
  });
  expect(await migrations(other)).toMatchObject([{ migrationId, target: { table: environment.table } }]);
  expect(await countItems(environment)).toBe(8);

  // A rollback of all runs takes back, and marks, what is in its own table only.
  await runBeside(other);
  const back = await other.call('POST /rollback', { body: { dryRun: false } });
  expect(back.body).toMatchObject({ success: true, deleted: 8, target: { table: other.table } });
  expect(await countItems(environment)).toBe(8);
  expect(await migrations(environment)).toMatchObject([
    { rolledBackBy: expect.stringMatching(/^rollback-/) },
    { migrationId, rolledBackBy: null },
  ]);
});

test('a start under the prefix of another source or target is refused with the differences, also a dry run', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1);
  await using other = await openTestEnvironment({ workers: 0, env: sharing(environment) });
  // A dry run leaves nothing that another table could be taken for.
  await environment.call('POST /start', { ...wait, body: { dryRun: true } });
  expect(at((await other.call('GET /status')).body, 'currentStatus.notice')).toBeNull();
  await environment.call('POST /start', wait);
  const says = `table is ${other.table} here and ${environment.table} in migration-`;
  for (const dryRun of [false, true]) {
    expect(await other.call('POST /start', { body: { dryRun } })).toMatchObject({
      status: 409,
      body: { code: 'OTHER_BINDING', detail: expect.stringContaining(says) as string },
    });
  }
  expect(at((await other.call('GET /status')).body, 'currentStatus.notice')).toContain(says);
  expect(await migrations(environment)).toHaveLength(2);
  expect((await environment.call('POST /start', wait)).body).toMatchObject({ state: 'completed' });
});

test('a run may be rolled back and verified after OVERSIZE has changed, but not retried with other bytes', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1);
  const { body } = await environment.call('POST /start', wait);
  const id = String(at(body, 'migrationId'));
  const env = sharing(environment, { DYNAMODB_TABLE: environment.table, OVERSIZE: 'gzip' });
  await using other = await openTestEnvironment({ env });
  expect(await other.call(`POST /migrations/${id}/retry`)).toMatchObject({
    status: 409,
    body: { code: 'OTHER_BINDING' },
  });
  expect((await other.call('GET /verify')).body).toMatchObject({ isValid: true });
  const back = await other.call('POST /rollback', { body: { dryRun: false, migrationId: id } });
  expect(back.body).toMatchObject({ success: true, deleted: 8 });
});

test('a run that is being retried is not the last one: it has not ended', async () => {
  await using environment = await openTestEnvironment();
  await fill(environment, 1);
  await environment.firestore.doc('users/ann/trading-journal/large').set({ trades: ['x'.repeat(500_000)] });
  const first = await environment.call('POST /start', wait);
  const second = await environment.call('POST /start', wait);
  const [before, last] = [first, second].map(({ body }) => at(body, 'migrationId'));
  expect(at((await environment.call('GET /status')).body, 'lastMigration')).toMatchObject({
    migrationId: last,
  });
  // Paused as soon as it is open, so that it is looked at before its end.
  const { ledger } = environment.context;
  const opened = await ledger.reopen(String(last), {});
  expect(opened.opened).toBe(true);
  await ledger.control(String(last), 'pause');
  expect((await environment.call('GET /status')).body).toMatchObject({
    currentStatus: { migrationId: last },
    lastMigration: { migrationId: before, state: 'completed-with-failures' },
  });
  await environment.call('POST /cancel');
});

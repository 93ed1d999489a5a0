import { once } from 'node:events';
import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { keepsTags } from '@migrator/devkit';
import { expect, test } from 'vitest';

import { executeMigration } from './execute-migration.ts';
import { days, openTestEnvironment, tooLarge } from './test-support/open-test-environment.ts';

test('a whole run in this process; the next boot has its result from the state file', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(7));
  await environment.fill('bob', days(5));
  const result = await environment.inProcess();
  expect(result).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 12, successCount: 12, users: { listed: 2, completed: 2 } },
    verification: { isValid: true },
  });
  expect(await readdir(environment.folder)).toEqual(['state.json']);
  expect(await environment.inProcess()).toEqual(result);
  expect(await environment.countItems()).toBe(12);

  const again = await environment.inProcess({ again: true });
  expect(again.migrationId).not.toBe(result.migrationId);
  expect(again).toMatchObject({ state: 'completed', stats: { skippedCount: 12, writeUnits: 0 } });
});

// Only the table tells of the first run then.
test.skipIf(!keepsTags())(
  'the state file of another table or project says nothing about this one, nor does one that is broken',
  async () => {
    await using environment = await openTestEnvironment();
    await using other = await openTestEnvironment();
    await environment.fill('ann', days(2));
    await other.fill('ann', days(3));
    const stateFile = join(environment.folder, 'state.json');
    const { migrationId } = await environment.inProcess();
    expect(await other.inProcess({ stateFile })).toMatchObject({ stats: { createdCount: 3 } });
    expect(await environment.inProcess()).toMatchObject({ migrationId, stats: { createdCount: 2 } });
    await writeFile(stateFile, '{"version":1,"sco');
    expect(await environment.inProcess()).toMatchObject({ migrationId, stats: { createdCount: 2 } });
    expect(await environment.inProcess({ again: true })).toMatchObject({ stats: { skippedCount: 2 } });
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({
      version: 2,
      result: { state: 'completed' },
    });
  },
);

test("the state file is its owner's alone, and a link in its place is not followed", async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(1));
  const [stateFile, elsewhere] = [
    join(environment.folder, 'state.json'),
    join(environment.folder, 'precious'),
  ];
  await writeFile(elsewhere, 'precious');
  await symlink(elsewhere, stateFile);
  // Where an earlier version wrote first.
  await symlink(elsewhere, `${stateFile}.${process.pid}.tmp`);
  await environment.inProcess();
  expect(await readFile(elsewhere, 'utf8')).toBe('precious');
  const stats = await lstat(stateFile);
  expect(stats.isFile()).toBe(true);
  expect(stats.mode & 0o777).toBe(0o600);
  expect((await readdir(environment.folder)).filter((name) => /[0-9a-f]{24}\.tmp$/.test(name))).toEqual([]);
});

test('under HIDE_USER_DATA the state file names no user, and the next boot has its result all the same', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann-of-the-test', [...days(1), tooLarge('large')]);
  await environment.fill('bob-of-the-test', days(2));
  const env = { ...environment.env, HIDE_USER_DATA: 'true' };
  const kept = (): Promise<string> => readFile(join(environment.folder, 'state.json'), 'utf8');
  await environment.inProcess({ env });
  expect(await kept()).toContain('ITEM_TOO_LARGE');
  expect(await kept()).not.toContain('of-the-test');

  const only = { env, userIds: ['bob-of-the-test'] };
  const { migrationId } = await environment.inProcess(only);
  expect(await kept()).not.toContain('of-the-test');
  expect(await environment.inProcess(only)).toMatchObject({ migrationId, state: 'completed' });
  const others = await environment.inProcess({ env, userIds: ['ann-of-the-test'] });
  expect(others.migrationId).not.toBe(migrationId);
});

test('calls at the same time make one run', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(40));
  const results = await Promise.all([1, 2, 3].map(() => environment.inProcess()));
  for (const result of results) expect(result).toEqual(results[0]);
  expect(results[0]).toMatchObject({ stats: { createdCount: 40 } });
});

test('failures resolve, and the next boot tries again; a place that keeps no state fails nothing', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', [...days(2), tooLarge('large')]);
  const first = await environment.inProcess();
  expect(first).toMatchObject({
    state: 'completed-with-failures',
    stats: { totalProcessed: 3, failureCount: 1, errors: [{ code: 'ITEM_TOO_LARGE' }] },
  });
  await environment.fill('ann', [{ date: 'large', fields: { trades: [] } }]);
  const warned = once(process, 'warning');
  const second = await environment.inProcess({
    stateFile: join(environment.folder, 'no-folder', 'state.json'),
  });
  expect(second).toMatchObject({ state: 'completed', stats: { skippedCount: 2, createdCount: 1 } });
  expect((await warned)[0]).toMatchObject({ code: 'MIGRATION_STATE_FILE' });
});

test('a dry run writes nothing, neither items nor state', async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  expect(await environment.inProcess({ dryRun: true })).toMatchObject({
    dryRun: true,
    stats: { successCount: 3 },
  });
  expect(await environment.countItems()).toBe(0);
  expect(await readdir(environment.folder)).toEqual([]);
});

test('a call that is ended stops its run; the next one does the rest', async () => {
  await using environment = await openTestEnvironment();
  for (const user of ['ann', 'bob', 'cid']) await environment.fill(user, days(300));
  const stop = new AbortController();
  const ended = environment.inProcess({
    env: { ...environment.env, WRITE_CONCURRENCY: '1' },
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await readdir(environment.folder)).toEqual([]);
  const rest = await environment.inProcess();
  expect(rest).toMatchObject({ state: 'completed', stats: { totalProcessed: 900, failureCount: 0 } });
  expect(await environment.countItems()).toBe(900);
});

test('what has to be fixed first rejects with its code', async () => {
  await using environment = await openTestEnvironment();
  await expect(environment.inProcess()).rejects.toMatchObject({ name: 'MigrationError', code: 'NO_DATA' });
  await environment.fill('ann', days(1));
  const env = { ...environment.env, DYNAMODB_TABLE: 'no-such-table' };
  await expect(environment.inProcess({ env })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  await expect(
    environment.inProcess({ env: { ...environment.env, OVERSIZE: 'fast' } }),
  ).rejects.toMatchObject({
    name: 'ConfigError',
    variable: 'OVERSIZE',
  });
});

test("variables that are the application's own in its process are none of ours", async () => {
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(1));
  const env = { ...environment.env, PORT: '/run/app.sock', LOG_LEVEL: 'verbose', API_TOKEN: 'short' };
  expect(await environment.inProcess({ env })).toMatchObject({ state: 'completed' });
});

test.each([
  [{ dryrun: true }, 'dryrun'],
  [{ dryRun: 'yes' }, 'dryRun'],
  [{ userIds: [] }, 'userIds'],
  [{ userIds: ['a/b'] }, 'userIds.0: is no document id'],
  [{ redis: false, redisUrl: 'redis://127.0.0.1' }, 'contradict'],
])('options that are none, %o, are refused before anything is done', async (options, says) => {
  const rejected = executeMigration(options as object);
  await expect(rejected).rejects.toThrow(TypeError);
  await expect(rejected).rejects.toThrow(says);
});

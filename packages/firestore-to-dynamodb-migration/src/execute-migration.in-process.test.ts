import { once } from 'node:events';
import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { executeMigration } from './execute-migration.ts';
import { days, openGround, tooLarge } from './test-support/open-ground.ts';

test('a whole run in this process; the next boot has its result from the state file', async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(7));
  await ground.fill('bob', days(5));
  const result = await ground.inProcess();
  expect(result).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 12, successCount: 12, users: { listed: 2, completed: 2 } },
    verification: { isValid: true },
  });
  expect(await readdir(ground.folder)).toEqual(['state.json']);
  expect(await ground.inProcess()).toEqual(result);
  expect(await ground.countItems()).toBe(12);

  const again = await ground.inProcess({ again: true });
  expect(again.migrationId).not.toBe(result.migrationId);
  expect(again).toMatchObject({ state: 'completed', stats: { skippedCount: 12, writeUnits: 0 } });
});

test('the state file of another table or project says nothing about this one, nor does one that is broken', async () => {
  await using ground = await openGround();
  await using other = await openGround();
  await ground.fill('ann', days(2));
  await other.fill('ann', days(3));
  const stateFile = join(ground.folder, 'state.json');
  const { migrationId } = await ground.inProcess();
  expect(await other.inProcess({ stateFile })).toMatchObject({ stats: { createdCount: 3 } });
  expect(await ground.inProcess()).toMatchObject({ migrationId, stats: { createdCount: 2 } });
  await writeFile(stateFile, '{"version":1,"sco');
  expect(await ground.inProcess()).toMatchObject({ migrationId, stats: { createdCount: 2 } });
  expect(await ground.inProcess({ again: true })).toMatchObject({ stats: { skippedCount: 2 } });
  expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({
    version: 2,
    result: { state: 'completed' },
  });
});

test("the state file is its owner's alone, and a link in its place is not followed", async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(1));
  const [stateFile, elsewhere] = [join(ground.folder, 'state.json'), join(ground.folder, 'precious')];
  await writeFile(elsewhere, 'precious');
  await symlink(elsewhere, stateFile);
  // Where an earlier version wrote first.
  await symlink(elsewhere, `${stateFile}.${process.pid}.tmp`);
  await ground.inProcess();
  expect(await readFile(elsewhere, 'utf8')).toBe('precious');
  const stats = await lstat(stateFile);
  expect(stats.isFile()).toBe(true);
  expect(stats.mode & 0o777).toBe(0o600);
  expect((await readdir(ground.folder)).filter((name) => /[0-9a-f]{24}\.tmp$/.test(name))).toEqual([]);
});

test('under HIDE_USER_DATA the state file names no user, and the next boot has its result all the same', async () => {
  await using ground = await openGround();
  await ground.fill('ann-of-the-test', [...days(1), tooLarge('large')]);
  await ground.fill('bob-of-the-test', days(2));
  const env = { ...ground.env, HIDE_USER_DATA: 'true' };
  const kept = (): Promise<string> => readFile(join(ground.folder, 'state.json'), 'utf8');
  await ground.inProcess({ env });
  expect(await kept()).toContain('ITEM_TOO_LARGE');
  expect(await kept()).not.toContain('of-the-test');

  const only = { env, userIds: ['bob-of-the-test'] };
  const { migrationId } = await ground.inProcess(only);
  expect(await kept()).not.toContain('of-the-test');
  expect(await ground.inProcess(only)).toMatchObject({ migrationId, state: 'completed' });
  const others = await ground.inProcess({ env, userIds: ['ann-of-the-test'] });
  expect(others.migrationId).not.toBe(migrationId);
});

test('calls at the same time make one run', async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(40));
  const results = await Promise.all([1, 2, 3].map(() => ground.inProcess()));
  for (const result of results) expect(result).toEqual(results[0]);
  expect(results[0]).toMatchObject({ stats: { createdCount: 40 } });
});

test('failures resolve, and the next boot tries again; a place that keeps no state fails nothing', async () => {
  await using ground = await openGround();
  await ground.fill('ann', [...days(2), tooLarge('large')]);
  const first = await ground.inProcess();
  expect(first).toMatchObject({
    state: 'completed-with-failures',
    stats: { totalProcessed: 3, failureCount: 1, errors: [{ code: 'ITEM_TOO_LARGE' }] },
  });
  await ground.fill('ann', [{ date: 'large', fields: { trades: [] } }]);
  const warned = once(process, 'warning');
  const second = await ground.inProcess({ stateFile: join(ground.folder, 'no-folder', 'state.json') });
  expect(second).toMatchObject({ state: 'completed', stats: { skippedCount: 2, createdCount: 1 } });
  expect((await warned)[0]).toMatchObject({ code: 'MIGRATION_STATE_FILE' });
});

test('a dry run writes nothing, neither items nor state', async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(3));
  expect(await ground.inProcess({ dryRun: true })).toMatchObject({
    dryRun: true,
    stats: { successCount: 3 },
  });
  expect(await ground.countItems()).toBe(0);
  expect(await readdir(ground.folder)).toEqual([]);
});

test('a call that is ended stops its run; the next one does the rest', async () => {
  await using ground = await openGround();
  for (const user of ['ann', 'bob', 'cid']) await ground.fill(user, days(300));
  const stop = new AbortController();
  const ended = ground.inProcess({
    env: { ...ground.env, WRITE_CONCURRENCY: '1' },
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await readdir(ground.folder)).toEqual([]);
  const rest = await ground.inProcess();
  expect(rest).toMatchObject({ state: 'completed', stats: { totalProcessed: 900, failureCount: 0 } });
  expect(await ground.countItems()).toBe(900);
});

test('what has to be mended first rejects with its code', async () => {
  await using ground = await openGround();
  await expect(ground.inProcess()).rejects.toMatchObject({ name: 'MigrationError', code: 'NO_DATA' });
  await ground.fill('ann', days(1));
  const env = { ...ground.env, DYNAMODB_TABLE: 'no-such-table' };
  await expect(ground.inProcess({ env })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  await expect(ground.inProcess({ env: { ...ground.env, OVERSIZE: 'fast' } })).rejects.toMatchObject({
    name: 'ConfigError',
    variable: 'OVERSIZE',
  });
});

test("variables that are the application's own in its process are none of ours", async () => {
  await using ground = await openGround();
  await ground.fill('ann', days(1));
  const env = { ...ground.env, PORT: '/run/app.sock', LOG_LEVEL: 'verbose', API_TOKEN: 'short' };
  expect(await ground.inProcess({ env })).toMatchObject({ state: 'completed' });
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

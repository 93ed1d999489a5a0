import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { Source } from '@migrator/core';
import { journals, type JournalUser, oddIds } from '@migrator/devkit';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';

import { type BackUpOptions, backUp, partialPath } from './back-up.ts';
import { openFilledSource } from './test-support/backed-up.ts';
import { verifyBackup } from './verify-backup.ts';

let folder: string;
let path: string;
const sources: Source[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
  path = join(folder, 'journals.ndjson.gz');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  await Promise.all(sources.splice(0).map((source) => source.close()));
});

async function open(users: Iterable<JournalUser>): Promise<Source> {
  const source = await openFilledSource(users, inject('services').FIRESTORE_EMULATOR_HOST);
  sources.push(source);
  return source;
}

async function run(source: Source, options: Partial<BackUpOptions> = {}) {
  return await backUp(source, { path, signal: new AbortController().signal, ...options });
}

/** All lines but those that hold times of the backup itself. */
async function contentOf(file: string): Promise<string[]> {
  return gunzipSync(await readFile(file))
    .toString()
    .split('\n')
    .slice(1, -2);
}

/** Users of more than one page. */
const some = { users: 4, entriesPerUser: 320 };

test('every entry is a line, in order, and the file is whole', async () => {
  const source = await open([
    ...journals({ users: 3, entriesPerUser: 2 }),
    { userId: 'idle', profile: {}, entries: [] },
  ]);
  const { header, trailer, bytes } = await run(source);
  expect(header).toMatchObject({ version: 1, source: source.binding });
  expect(trailer).toMatchObject({ users: 4, entries: 6 });
  expect(await verifyBackup(path)).toEqual({ header, trailer, bytes });
  expect(await readdir(folder)).toEqual(['journals.ndjson.gz']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const lines = (await contentOf(path)).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ name, user }) => user ?? String(name).split('/').slice(-3).join('/'))).toEqual([
    'idle',
    'user-00000/trading-journal/2018-01-01',
    'user-00000/trading-journal/2018-01-02',
    'user-00000',
    'user-00001/trading-journal/2018-01-01',
    'user-00001/trading-journal/2018-01-02',
    'user-00001',
    'user-00002/trading-journal/2018-01-01',
    'user-00002/trading-journal/2018-01-02',
    'user-00002',
  ]);
  expect(lines[1]).toMatchObject({ fields: { risk: { mapValue: {} } }, createTime: expect.any(String) });
});

test("ids of any kind are in Firestore's order", async () => {
  const entries = oddIds.slice(0, 20).map((date) => ({ date, fields: {} }));
  await run(await open(oddIds.map((userId) => ({ userId, entries }))));
  expect((await verifyBackup(path)).trailer).toMatchObject({
    users: oddIds.length,
    entries: oddIds.length * 20,
  });
});

test('only the users that are named, each once', async () => {
  const source = await open(journals({ users: 4, entriesPerUser: 2 }));
  const { trailer, header } = await run(source, {
    userIds: ['user-00002', 'user-00000', 'user-00002', 'gone'],
  });
  expect(trailer).toMatchObject({ users: 3, entries: 4 });
  expect(header.userIds).toEqual(['gone', 'user-00000', 'user-00002']);
});

test.each([100, 700, 1_200])('stopped after %i entries, it continues to the same content', async (after) => {
  const source = await open(journals(some));
  const stop = new AbortController();
  const stopped = run(source, {
    signal: stop.signal,
    onProgress: ({ entries }) => entries >= after && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await readdir(folder)).toEqual(['journals.ndjson.gz.partial']);
  await expect(run(source)).rejects.toThrow('did not end');
  const read: number[] = [];
  await run(source, { resume: true, onProgress: ({ entries }) => read.push(entries) });
  for (const entries of read) expect(entries).toBeGreaterThan(after);
  await verifyBackup(path);
  const resumed = await contentOf(path);
  await run(source, { force: true });
  expect(await contentOf(path)).toEqual(resumed);
  expect(resumed).toHaveLength(1_284);
});

test.each(['user-00000', 'user-00001'])(
  'a user who was being read and has gone when it continues, %s, has an end',
  async (userId) => {
    const source = await open(journals({ users: 2, entriesPerUser: 700 }));
    const stop = new AbortController();
    const stopped = run(source, {
      signal: stop.signal,
      onProgress: ({ entries }) => entries >= (userId === 'user-00000' ? 300 : 1_000) && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    await deleteUser(source, userId);
    await run(source, { resume: true });
    await verifyBackup(path);
    const ends = (await contentOf(path))
      .filter((line) => line.startsWith('{"user"'))
      .map((line) => JSON.parse(line) as { user: string; missing: boolean; entries: number });
    expect(ends.map(({ user }) => user)).toEqual(['user-00000', 'user-00001']);
    const end = ends.find(({ user }) => user === userId);
    expect(end?.missing).toBe(true);
    expect(end?.entries).toBeGreaterThanOrEqual(300);
    expect(end?.entries).toBeLessThan(700);
  },
);

async function deleteUser(source: Source, userId: string): Promise<void> {
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', source.binding.emulator);
  const app = initializeApp({ projectId: source.binding.project }, source.binding.project);
  try {
    const firestore = getFirestore(app);
    await firestore.recursiveDelete(firestore.doc(`users/${userId}`));
  } finally {
    await deleteApp(app);
    vi.unstubAllEnvs();
  }
}

test('what a kill has torn is cut off, wherever it was', async () => {
  const source = await open(journals(some));
  await run(source);
  const whole = await readFile(path);
  const content = await contentOf(path);
  for (const bytes of [whole.length - 1, Math.floor(whole.length / 2), 1_000]) {
    await rm(path);
    await writeFile(partialPath(path), whole);
    await truncate(partialPath(path), bytes);
    await run(source, { resume: true });
    await verifyBackup(path);
    expect(await contentOf(path)).toEqual(content);
  }
});

test('a file that is there is not replaced, nor continued with something else', async () => {
  const source = await open(journals({ users: 1, entriesPerUser: 1 }));
  await run(source);
  await expect(run(source)).rejects.toThrow(`${path} exists`);
  await run(source, { force: true });
  const whole = await readFile(path);
  await rm(path);
  await writeFile(partialPath(path), whole);
  const other = await open(journals({ users: 1, entriesPerUser: 1 }));
  await expect(run(other, { resume: true })).rejects.toThrow('of another source');
  await expect(run(source, { resume: true, userIds: ['user-00000'] })).rejects.toThrow('other users');
  // Killed before it was renamed.
  await run(source, { resume: true });
  expect(await readFile(path)).toEqual(whole);
});

test('a file that came meanwhile is not replaced either', async () => {
  const source = await open(journals({ users: 1, entriesPerUser: 1 }));
  const onProgress = () => writeFileSync(path, 'of another program');
  await expect(run(source, { onProgress })).rejects.toThrow(`${path} exists`);
  expect(await readFile(path, 'utf8')).toBe('of another program');
  await rm(path);
  await run(source, { resume: true });
  expect(await verifyBackup(path)).toMatchObject({ trailer: { entries: 1 } });
  expect(await readdir(folder)).toEqual(['journals.ndjson.gz']);
});

test('a source without an entry is an error, and leaves nothing', async () => {
  const source = await open([{ userId: 'idle', profile: {}, entries: [] }]);
  await expect(run(source)).rejects.toMatchObject({ code: 'NO_DATA' });
  expect(await readdir(folder)).toEqual([]);
  expect(await run(source, { allowEmpty: true })).toMatchObject({ trailer: { users: 1, entries: 0 } });
});

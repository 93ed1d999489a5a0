import { expect, test } from 'vitest';

import { basePath } from './api-context.ts';
import { at, openTestEnvironment } from './testing/test-environment.ts';

test('whether a user is done, by id: before, with failures, after a retry', async () => {
  await using environment = await openTestEnvironment();
  const user = 'a b:c%3A@d|中';
  const entry = (date: string) => environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  await entry('1').set({ trades: [1] });
  await entry('large').set({ trades: ['x'.repeat(500_000)] });
  const wait = { headers: { Prefer: 'wait=50' } };
  const run = await environment.call('POST /start', { ...wait, body: { verify: false } });
  const id = String(at(run.body, 'migrationId'));
  const userOf = async (userId: string) =>
    await environment.call(`GET /migrations/${id}/users/${encodeURIComponent(userId)}`);

  const failed = await userOf(user);
  expect(failed.status).toBe(200);
  expect(failed.body).toMatchObject({
    migrationId: id,
    userId: user,
    state: 'failed',
    counts: { created: 1, failed: 1 },
    failures: [{ path: `users/${user}/trading-journal/large`, code: 'ITEM_TOO_LARGE', attempts: 1 }],
  });
  await entry('large').set({ trades: [] });
  await environment.call(`POST /migrations/${id}/retry`, { ...wait, body: { userId: user } });
  expect((await userOf(user)).body).toMatchObject({ state: 'done', counts: { created: 2 }, failures: [] });
  expect((await userOf('stranger')).body).toEqual({
    migrationId: id,
    userId: 'stranger',
    state: 'unknown',
    counts: {},
    failures: [],
  });
  expect((await userOf('a/b')).body).toMatchObject({ status: 400, errors: [{ field: 'userId' }] });
  const other = id.replace(/\d{4}T/, '0101T');
  expect((await environment.call(`GET /migrations/${other}/users/ann`)).status).toBe(404);
});

test('the source is counted before a start, for those who may start', async () => {
  const tokens = { API_TOKEN: 'the-full-token-0123456789', API_READ_TOKEN: 'the-read-token-0123456789' };
  await using environment = await openTestEnvironment({ workers: 0, env: tokens });
  await environment.firestore.doc('users/ann/trading-journal/1').set({});
  await environment.firestore.doc('users/ben/trading-journal/1').set({});
  const count = (token: string) =>
    environment.call('GET /source-count', { headers: { Authorization: `Bearer ${token}` } });
  expect(await count(tokens.API_TOKEN)).toMatchObject({
    status: 200,
    body: { entries: 2, target: { table: environment.table } },
  });
  expect((await count(tokens.API_READ_TOKEN)).status).toBe(403);
});

test('a wrong address is a page for a browser, and a problem document for a program', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env: { BASE_PATH: '/tools/migrator' } });
  for (const path of ['/nothing', `${basePath}/migrations/migration-20261122T091051123Z`]) {
    const page = await fetch(environment.url + path, { headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    expect(html).toContain('<h1>There is no such page</h1>');
    expect(html).toContain('href="/tools/migrator/"');
    const problem = await fetch(environment.url + path);
    expect(problem.status).toBe(404);
    expect(problem.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await problem.json()).toMatchObject({ code: 'NOT_FOUND' });
  }
  const hostile = await fetch(`${environment.url}/<script>alert(1)</script>`, {
    headers: { Accept: 'text/html' },
  });
  expect(await hostile.text()).not.toContain('<script');
});

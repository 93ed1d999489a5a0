import { startRedis } from '@migrator/devkit';
import { expect, inject, test } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';

test.each([
  ['an unknown field', 'POST /start', { foo: 1 }, 400, 'INVALID_REQUEST', /foo: is not a known field/],
  ['a wrong type', 'POST /start', { dryRun: 'yes' }, 400, 'INVALID_REQUEST', /dryRun: /],
  ['a wrong type within', 'POST /start', { userIds: ['a', 3] }, 400, 'INVALID_REQUEST', /userIds\.1: /],
  [
    'an id that is none',
    'POST /start',
    { userIds: ['a/b'] },
    400,
    'INVALID_REQUEST',
    /userIds\.0: is no document id/,
  ],
  ['a body that is no object', 'POST /start', [1], 400, 'INVALID_REQUEST', /body/],
  [
    'a run that is not there',
    'GET /migrations/migration-20200101T000000000Z',
    undefined,
    404,
    'NOT_FOUND',
    /no migration/,
  ],
  [
    'a verification that is not there',
    'GET /verifications/x',
    undefined,
    404,
    'NOT_FOUND',
    /no verification with this id/,
  ],
  [
    'a rollback that is not there',
    'GET /rollbacks/x',
    undefined,
    404,
    'NOT_FOUND',
    /no rollback with this id/,
  ],
  ['a mode that is none', 'GET /verify?mode=half', undefined, 400, 'INVALID_REQUEST', /mode: /],
  [
    'a migrationId that is none',
    'POST /rollback',
    { migrationId: 'x' },
    400,
    'INVALID_REQUEST',
    /migrationId: 'x'/,
  ],
  ['a wrong method', 'GET /start', undefined, 405, 'METHOD_NOT_ALLOWED', /use POST/],
  ['an unknown path', 'GET /nothing', undefined, 404, 'NOT_FOUND', /no page or call at/],
  ['a pause of nothing', 'POST /pause', undefined, 409, 'NOTHING_RUNNING', /Nothing is running/],
])('%s is a problem document with a stable code', async (_what, request, body, status, code, detail) => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const answer = await environment.call(request, body === undefined ? {} : { body });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer).toMatchObject({ status, body: { status, code, detail: expect.stringMatching(detail) } });
});

test('a body that is not JSON, too large, or of another type is refused', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const post = (body: string, type: string): Promise<Response> =>
    fetch(`${environment.url}/api/migration/firestore-to-dynamodb/start`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': type },
    });
  for (const [body, type, status, code] of [
    ['{', 'application/json', 400, 'NOT_JSON'],
    [`{"userIds":["${'x'.repeat(1_100_000)}"]}`, 'application/json', 413, 'BODY_TOO_LARGE'],
    ['dryRun=true', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const) {
    const response = await post(body, type);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  }
});

test('a page of another site can start nothing', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [] });
  const otherSites: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
  ];
  for (const headers of otherSites) {
    for (const request of ['POST /start', 'POST /rollback', 'GET /verify', 'POST /cancel']) {
      const answer = await environment.call(request, { headers });
      expect(answer, `${request} ${JSON.stringify(headers)}`).toMatchObject({
        status: 403,
        body: { code: 'CROSS_SITE' },
      });
    }
  }
  expect((await environment.call('GET /status')).body).toMatchObject({ currentStatus: { state: 'idle' } });
});

test("before a run: no data, no table, another key, and each says so in the guide's words", async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const empty = await environment.call('POST /start');
  expect(empty).toMatchObject({ status: 422, body: { code: 'NO_DATA' } });
  expect(at(empty.body, 'detail')).toMatch(
    /^No data found in Firestore at projects\/demo-\w+\/databases\/\(default\)\/documents\/users/,
  );
  const { FIRESTORE_EMULATOR_HOST } = inject('services');
  expect(at(empty.body, 'detail')).toContain(
    `the emulator at ${FIRESTORE_EMULATOR_HOST} (FIRESTORE_EMULATOR_HOST)`,
  );
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [] });
  const nobody = await environment.call('POST /start', { body: { userIds: ['nobody'] } });
  expect(nobody).toMatchObject({ status: 422, body: { code: 'NO_DATA' } });

  await using noTable = await openTestEnvironment({ workers: 0, env: { DYNAMODB_TABLE: 'no-such-table' } });
  const missing = await noTable.call('POST /start');
  expect(missing).toMatchObject({
    status: 422,
    body: { code: 'TABLE_NOT_FOUND', detail: expect.stringMatching(/no-such-table/) },
  });
  expect((await noTable.call('GET /status')).body).toMatchObject({
    currentStatus: { state: 'idle' },
    lastMigration: null,
  });

  await using unreachable = await openTestEnvironment({
    workers: 0,
    env: { FIRESTORE_EMULATOR_HOST: '127.0.0.1:1' },
  });
  const away = await unreachable.call('POST /start');
  expect(away).toMatchObject({ status: 503, body: { code: 'SOURCE_UNAVAILABLE' } });
});

test('without Redis every call answers 503 within seconds, and works again when it is back', async () => {
  await using redis = await startRedis();
  await using environment = await openTestEnvironment({ workers: 0, env: { REDIS_URL: redis.url } });
  expect((await environment.call('GET /status')).status).toBe(200);
  await redis.kill();
  const calls = [
    'POST /start',
    'GET /status',
    'GET /verify',
    'POST /rollback',
    'POST /pause',
    'GET /migrations',
    'GET //readyz',
    'GET //admin/queues/api/queues',
  ].map(async (request) => {
    const answer = await environment.call(request);
    expect(answer, request).toMatchObject({ status: 503, body: { code: 'REDIS_UNAVAILABLE' } });
  });
  await Promise.all(calls);
  expect((await environment.call('GET //healthz')).status).toBe(200);
  await redis.restart();
  await expect
    .poll(async () => (await environment.call('GET /status')).status, { timeout: 15_000 })
    .toBe(200);
});

test('records of another version are refused before a run', async () => {
  await using redis = await startRedis();
  const env = { REDIS_URL: redis.url, QUEUE_PREFIX: '{versions}' };
  await using environment = await openTestEnvironment({ workers: 0, env });
  await environment.context.redis.set('{versions}:ledger:version', '999');
  expect(await environment.call('POST /start')).toMatchObject({
    status: 503,
    body: { code: 'REDIS_RECORD_VERSION', detail: expect.stringMatching(/another QUEUE_PREFIX/) },
  });
});

test('a Redis that evicts is refused before a run', async () => {
  await using redis = await startRedis();
  await using environment = await openTestEnvironment({ workers: 0, env: { REDIS_URL: redis.url } });
  await environment.context.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const answer = await environment.call('POST /start');
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'REDIS_EVICTS', detail: expect.stringMatching(/noeviction/) },
  });
});

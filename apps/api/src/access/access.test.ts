import { request as httpRequest } from 'node:http';

import { ConfigError } from '@migrator/config';
import { expect, test, vi } from 'vitest';

import { type Answer, at, openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';
import { requireSafeAccess } from './hosts.ts';

const env = { API_TOKEN: 'the-full-token-0123456789', API_READ_TOKEN: 'the-read-token-0123456789' };
const full = { Authorization: `Bearer ${env.API_TOKEN}` };
const read = { Authorization: `bearer ${env.API_READ_TOKEN}` };
const wrong = { Authorization: 'Bearer wrong-token-0123456789' };

const looks = [
  'GET /status',
  'GET /migrations',
  'GET /migrations/x',
  'GET /migrations/x/failures',
  'GET /verifications/x',
  'GET /rollbacks/x',
  'GET //metrics',
  'GET //openapi.json',
  'GET //docs',
  'GET //admin/queues',
  'GET //admin/queues/api/queues',
  'HEAD /events',
  'GET //nothing',
];
const changes = [
  'POST /start',
  'GET /verify',
  'GET /VERIFY/',
  'POST /rollback',
  'POST /pause',
  'POST /resume',
  'POST /cancel',
  'PUT /pace',
  'POST /migrations/x/retry',
  'PUT //admin/queues/api/queues/users/pause',
  'PUT //admin/queues/api/queues/users/retry/failed',
  'POST //admin/queues/api/queues/users/add',
  'DELETE /status',
  'POST //nothing',
];

test('without a token, or with a wrong one, no route says anything', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const refused: Record<string, string>[] = [
    {},
    { Cookie: 'journal_migration_session=full.9999999999999.x' },
    { Authorization: 'Basic x' },
  ];
  for (const headers of refused) {
    for (const call of [...looks, ...changes]) {
      const answer = await environment.call(call, { headers });
      expect(answer.status, `${call} ${JSON.stringify(headers)}`).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  }
  for (const call of [...looks, ...changes].slice(0, 28)) {
    expect((await environment.call(call, { headers: wrong })).status, call).toBe(401);
  }
  for (const call of ['GET //healthz', 'GET //health', 'GET //readyz'])
    expect((await environment.call(call)).status).toBe(200);
});

test('a read-only token sees everything and changes nothing', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  for (const call of looks)
    expect([200, 404], call).toContain((await environment.call(call, { headers: read })).status);
  for (const call of changes) {
    const answer = await environment.call(call, { headers: read });
    expect(answer, call).toMatchObject({ status: 403, body: { code: 'READ_ONLY' } });
  }
  expect((await environment.call('HEAD /verify', { headers: full })).status).toBe(405);
  expect((await environment.call('GET /status', { headers: full })).body).toMatchObject({
    currentStatus: { state: 'idle' },
    lastMigration: null,
  });
  expect(await environment.context.queues.tasks.isPaused()).toBe(false);
  const readOnlyMode = async (headers: Record<string, string>): Promise<unknown> =>
    at((await environment.call('GET //admin/queues/api/queues', { headers })).body, 'queues.0.readOnlyMode');
  expect(await readOnlyMode(read)).toBe(true);
  expect(await readOnlyMode(full)).toBe(false);
  expect(
    (await environment.call('PUT //admin/queues/api/queues/users/pause', { headers: full })).status,
  ).toBe(200);
  for (const call of ['GET //admin/queues', 'GET //admin/queues/api/queues', 'GET /status'])
    expect((await environment.call(call, { headers: full })).headers.get('cache-control'), call).toBe(
      'no-store',
    );
});

test('too many wrong tokens from an address are refused; a right one from there never is', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      environment.call('GET /status', { headers: { Authorization: `Bearer guess-${index}` } }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(30);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  const late = await environment.call('GET /status', { headers: wrong });
  expect(late).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } });
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await signIn(environment, 'wrong-too-0123456789')).status).toBe(429);
  for (const headers of [full, read])
    expect((await environment.call('GET /status', { headers })).status).toBe(200);
  expect((await signIn(environment, env.API_TOKEN)).status).toBe(303);
  expect((await environment.call('GET //readyz')).status).toBe(200);
});

test('a browser signs in for a session that only it can use, and signs out', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const page = await fetch(`${environment.url}/admin/queues?x=1`, {
    redirect: 'manual',
    headers: { Accept: 'text/html' },
  });
  expect(page.status).toBe(303);
  expect(page.headers.get('location')).toBe('/sign-in?next=%2Fadmin%2Fqueues%3Fx%3D1');
  const form = await fetch(environment.url + page.headers.get('location'));
  expect(await form.text()).toContain('name="next" value="/admin/queues?x=1"');
  expect(form.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);

  expect((await signIn(environment, 'no-token-at-all')).status).toBe(401);
  expect((await signIn(environment, env.API_TOKEN, { Origin: 'http://evil.example' })).status).toBe(403);
  const signedIn = await signIn(environment, env.API_TOKEN);
  expect(signedIn.status).toBe(303);
  expect(signedIn.headers.get('location')).toBe('/docs');
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; HttpOnly/);
  expect(cookie).toMatch(/; SameSite=Strict/);
  expect(cookie).not.toContain(env.API_TOKEN);
  const Cookie = cookie.split(';')[0] ?? '';
  expect((await environment.call('GET /status', { headers: { Cookie } })).status).toBe(200);
  expect(
    (await environment.call('POST /pause', { headers: { Cookie, Origin: environment.url } })).status,
  ).toBe(409);
  const otherSites: Record<string, string>[] = [
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'same-site' },
  ];
  for (const headers of otherSites) {
    const answer = await environment.call('POST /pause', { headers: { Cookie, ...headers } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'CROSS_SITE' } });
  }

  const reader =
    ((await signIn(environment, env.API_READ_TOKEN)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  expect((await environment.call('GET /status', { headers: { Cookie: reader } })).status).toBe(200);
  expect((await environment.call('POST /pause', { headers: { Cookie: reader } })).status).toBe(403);
  for (const session of [Cookie, reader]) {
    const foreign = await signOut(environment, { Cookie: session, Origin: 'http://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await environment.call('GET /status', { headers: { Cookie: session } })).status).toBe(200);
    const out = await signOut(environment, { Cookie: session, Origin: environment.url });
    expect(out.status).toBe(303);
    expect(out.headers.get('set-cookie')).toMatch(/^journal_migration_session=; .*Expires=Thu, 01 Jan 1970/);
    expect((await environment.call('GET /status', { headers: { Cookie: session } })).status).toBe(401);
  }
});

test('every page of a browser that is signed in has a button to sign out, and no other page', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  for (const token of [env.API_TOKEN, env.API_READ_TOKEN]) {
    const Cookie = cookieOf(await signIn(environment, token));
    for (const path of ['/', '/docs', '/sign-in', '/sign-out']) {
      const html = await (await fetch(environment.url + path, { headers: { Cookie } })).text();
      expect(html, path).toMatch(/<form [^>]*action="[^"]*sign-out"(?![^>]*hidden)[^>]*>/);
    }
    const board = await (await fetch(`${environment.url}/admin/queues`, { headers: { Cookie } })).text();
    expect(board).toContain('"url":"../../sign-out"');
  }
  expect(await (await fetch(`${environment.url}/sign-in`)).text()).not.toContain('sign-out"');
  expect(await (await fetch(environment.url, { headers: full })).text()).toContain('id="sign-out" hidden');
});

test('a session is known by an id that Redis does not hold, and none can be made there', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const { redis } = environment.context;
  const prefix = environment.env['QUEUE_PREFIX'] ?? '';
  const session = async (): Promise<[key: string, value: string]> => {
    const [key = ''] = await redis.keys(`${prefix}:session:*`);
    return [key, (await redis.get(key)) ?? ''];
  };
  const Cookie = cookieOf(await signIn(environment, env.API_READ_TOKEN));
  const [key, value] = await session();
  expect(await redis.pttl(key)).toBeGreaterThan(11 * 60 * 60 * 1_000);
  const [, id = ''] = Cookie.split('=');
  expect(key + value).not.toContain(id);
  expect(key + value).not.toContain(env.API_READ_TOKEN);
  for (const forged of [value.replace('read.', 'full.'), 'full.', 'full', 'read.x', '']) {
    await redis.set(key, forged);
    expect((await environment.call('GET /status', { headers: { Cookie } })).status, forged).toBe(401);
  }
  await redis.set(key, value);
  expect((await environment.call('GET /status', { headers: { Cookie } })).status).toBe(200);
  await redis.unlink(key);
  expect((await environment.call('GET /status', { headers: { Cookie } })).status).toBe(401);
});

test.each([
  [{ 'X-Forwarded-Proto': 'https' }, true],
  [{ 'X-Forwarded-Proto': 'https, http' }, true],
  [{ 'X-Forwarded-Proto': 'HTTPS,http,http' }, true],
  [{ Forwarded: 'for=192.0.2.1;proto=https;by=203.0.113.1, for=10.0.0.1;proto=http' }, true],
  [{ Forwarded: 'For="[2001:db8::1]";Proto="https"' }, true],
  [{ 'X-Forwarded-Ssl': 'on' }, true],
  [{ 'Front-End-Https': 'On' }, true],
  [{ 'X-Forwarded-Scheme': 'https' }, true],
  [{ 'CloudFront-Forwarded-Proto': 'https' }, true],
  [{ 'X-Forwarded-Proto': 'http, https' }, false],
  [{}, false],
])('%j: the cookie is for https alone: %s', async (headers, secure) => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const cookie = (await signIn(environment, env.API_TOKEN, headers)).headers.get('set-cookie') ?? '';
  expect(/; Secure/.test(cookie)).toBe(secure);
});

test('with Redis away a session is answered 503, and a token in a header works on', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const Cookie = cookieOf(await signIn(environment, env.API_TOKEN));
  environment.context.redis.disconnect();
  expect(await environment.call('GET /status', { headers: { Cookie } })).toMatchObject({
    status: 503,
    body: { code: 'REDIS_UNAVAILABLE' },
  });
  expect((await signOut(environment, { Cookie, Origin: environment.url })).status).toBe(503);
  expect((await environment.call('GET //openapi.json', { headers: full })).status).toBe(200);
  expect((await environment.call('GET //openapi.json', { headers: wrong })).status).toBe(401);
  expect((await fetch(`${environment.url}/sign-in`, { headers: { Cookie } })).status).toBe(200);
  // What else asks Redis may have been faster.
  await environment.context.redis.connect().catch(() => undefined);
  await vi.waitFor(async () => {
    expect((await environment.call('GET /status', { headers: { Cookie } })).status).toBe(200);
  }, 20_000);
});

test.each([
  '//evil.example/x',
  'http://evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '\u0000',
  '/..//evil.example',
])('after signing in, %j leads nowhere else', async (next) => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const { headers } = await signIn(environment, env.API_TOKEN, {}, next);
  const target = new URL(headers.get('location') ?? '', environment.url);
  expect(target.origin).toBe(new URL(environment.url).origin);
});

test('without a token, a name that is not of this machine is not answered', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { port } = new URL(environment.url);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ]) {
    expect(await statusWithHost(environment, host), host).toBe(403);
  }
  for (const host of [`localhost:${port}`, 'LOCALHOST', `127.0.0.1:${port}`, `[::1]:${port}`]) {
    expect(await statusWithHost(environment, host), host).toBe(200);
  }
});

test.each([
  [{ host: '0.0.0.0' }, 'HOST', /HOST holds "0\.0\.0\.0", but without API_TOKEN/],
  [{ host: '::' }, 'HOST', /without API_TOKEN/],
  [{ host: '192.168.1.2' }, 'HOST', /without API_TOKEN/],
  [{ host: '127.0.0.1', apiReadToken: env.API_READ_TOKEN }, 'API_READ_TOKEN', /without API_TOKEN/],
  [{ host: '0.0.0.0', apiToken: env.API_TOKEN, apiReadToken: env.API_TOKEN }, 'API_READ_TOKEN', /differ/],
])('%j is refused at start', (http, variable, message) => {
  expect(() => requireSafeAccess(http)).toThrow(ConfigError);
  expect(() => requireSafeAccess(http)).toThrow(
    expect.objectContaining({ variable, message: expect.stringMatching(message) }),
  );
});

test.each([
  { host: '127.0.0.1' },
  { host: 'localhost' },
  { host: '::1' },
  { host: '127.9.9.9' },
  { host: '0.0.0.0', apiToken: env.API_TOKEN },
])('%j may start', (http) => {
  expect(() => requireSafeAccess(http)).not.toThrow();
});

test('with a token too, a public name that is not ours is not answered', async () => {
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { ...env, ALLOWED_HOSTS: 'Migrator.example.com, other.example.com' },
  });
  const { port } = new URL(environment.url);
  const cookie = cookieOf(await signIn(environment, env.API_TOKEN));
  for (const headers of [{ Cookie: cookie }, full]) {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      '[::1].evil.example',
    ])
      expect(await statusWithHost(environment, host, headers, '/docs'), host).toBe(403);
    for (const host of [
      `127.0.0.1:${port}`,
      'localhost',
      '192.168.1.2:5000',
      '[2001:db8::1]:5000',
      'api:5000',
      'api.tools.svc.cluster.local',
      'migrator.example.com',
      'OTHER.example.com:8443',
    ])
      expect(await statusWithHost(environment, host, headers, '/docs'), host).toBe(200);
  }
  for (const path of ['/healthz', '/health', '/readyz'])
    expect(await statusWithHost(environment, 'evil.example', {}, path)).toBe(200);
});

test('a page is known by its Referer where nothing else tells it', async () => {
  await using environment = await openTestEnvironment({ workers: 0, env });
  const Cookie = cookieOf(await signIn(environment, env.API_TOKEN));
  const verify = async (Referer: string): Promise<Answer> =>
    environment.call('GET /verify', { headers: { Cookie, Referer, Prefer: 'wait=0' } });
  for (const foreign of ['http://evil.example/page', 'http://127.0.0.1:1/', 'about:blank', 'x'])
    expect(await verify(foreign), foreign).toMatchObject({ status: 403, body: { code: 'CROSS_SITE' } });
  expect((await verify(`${environment.url}/docs`)).status).not.toBe(403);
  // A proxy that passes the host on without its port.
  const behind = { Cookie, Origin: 'http://127.0.0.1:8443' };
  expect((await environment.call('POST /pause', { headers: behind })).status).toBe(403);
  const headers = { ...behind, 'Sec-Fetch-Site': 'same-origin' };
  expect((await environment.call('POST /pause', { headers })).status).toBe(200);
});

test.each([
  'GET /migrations/migration-20261122T091051123Z:issues:order',
  'GET /migrations/x%3Aissues%3Aorder/failures',
  'POST /migrations/%2A/retry',
  'GET /migrations/verification-20261122T091051123Z',
  'GET /verifications/migration-20261122T091051123Z',
  'GET /verifications/migration-20261122T091051123Z%00',
  'GET /rollbacks/%7Bx%7D',
  'GET /migrations/constructor-20261122T091051123Z',
])('%s is refused at the door', async (call) => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const detail = expect.stringMatching(/^There is no (migration|verification|rollback) with this id$/);
  expect(await environment.call(call)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', detail } });
});

test('what is no id of a job of ours is no job for Bull Board either', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  await environment.context.redis.rpush(`${environment.env['QUEUE_PREFIX']}:users:wait`, 'x');
  for (const id of ['wait', 'meta', 'x%3Alock', '%2A'])
    expect((await environment.call(`GET //admin/queues/api/queues/users/${id}`)).status, id).toBe(404);
});

function cookieOf(response: Response): string {
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

function signOut(environment: TestEnvironment, headers: Record<string, string>): Promise<Response> {
  return fetch(`${environment.url}/sign-out`, { method: 'POST', redirect: 'manual', headers });
}

async function signIn(
  environment: TestEnvironment,
  token: string,
  headers: Record<string, string> = {},
  next = '/docs',
): Promise<Response> {
  return fetch(`${environment.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: environment.url, ...headers },
    body: new URLSearchParams({ token, next }),
  });
}

function statusWithHost(
  environment: TestEnvironment,
  host: string,
  headers: Record<string, string> = {},
  path = '/healthz',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(environment.url + path, { headers: { ...headers, Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

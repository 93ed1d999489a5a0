import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { basePath } from '../api-context.ts';
import { startNginx } from '../testing/nginx.ts';
import { at, openTestEnvironment } from '../testing/test-environment.ts';

const API_TOKEN = 'the-full-token-0123456789';
const path = '/tools/migrator';
const name = 'migrator.example.com';

const forwardedFor = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
const forwarded = [
  forwardedFor,
  'proxy_set_header X-Forwarded-Host $http_host;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
];
const prefix = `proxy_set_header X-Forwarded-Prefix ${path};`;
const trusted = { TRUSTED_PROXIES: '127.0.0.1' };

interface Case {
  /** What comes after `proxy_pass http://api`: with a path nginx takes its own away. */
  readonly upstreamPath: '' | '/';
  readonly lines: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const cases: readonly (readonly [string, Case])[] = [
  ['takes the path away and says so', { upstreamPath: '/', lines: [...forwarded, prefix], env: trusted }],
  [
    'takes the path away, which BASE_PATH says',
    { upstreamPath: '/', lines: forwarded, env: { ...trusted, BASE_PATH: `${path}/` } },
  ],
  ['leaves the path', { upstreamPath: '', lines: forwarded, env: { TRUSTED_PROXIES: '1', BASE_PATH: path } }],
  [
    'passes the Host on and nothing else',
    {
      upstreamPath: '/',
      lines: ['proxy_set_header Host $http_host;'],
      env: { BASE_PATH: path, ALLOWED_HOSTS: name },
    },
  ],
];

test.each(cases)(
  'behind a real nginx that %s, a browser can do everything',
  async (_, { upstreamPath, lines, env }) => {
    await using environment = await openTestEnvironment({ workers: 0, env: { API_TOKEN, ...env } });
    await using nginx = await startNginx(`${path}/`, [
      `proxy_pass ${environment.url}${upstreamPath};`,
      ...lines,
    ]);
    if (nginx === undefined) return;
    const browser = openPages(nginx.port);

    const asked = await browser.visit(`${path}/admin/queues`);
    expect(asked).toMatchObject({ status: 303, location: `${path}/sign-in?next=%2Fadmin%2Fqueues` });
    const signIn = await browser.visit(asked.location);
    expect(signIn.body).toContain(`href="${path}/pages.css"`);
    const next = /name="next" value="([^"]*)"/.exec(signIn.body)?.[1] ?? '';
    const signedIn = await browser.visit(`${path}/sign-in`, { form: { token: API_TOKEN, next } });
    expect(signedIn).toMatchObject({ status: 303, location: `${path}/admin/queues` });
    expect(signedIn.cookie).toContain(`; Path=${path}/;`);

    const board = await browser.visit(signedIn.location);
    expect(board.body).toContain(`<base href="${path}/admin/queues/"`);
    for (const page of ['/', '/docs', '/admin/queues/', '/sign-in']) {
      for (const href of await browser.addressesOn(path + page)) {
        expect(href, page).toMatch(new RegExp(`^${path}/`));
        expect((await browser.visit(href)).status, href).toBe(200);
      }
    }
    const queues: unknown = JSON.parse((await browser.visit(`${path}/admin/queues/api/queues`)).body);
    expect(at(queues, 'queues.0.name')).toBeDefined();

    await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
    const started = await browser.visit(`${path}${basePath}/start`, { json: {} });
    expect(started.status).toBe(202);
    const answer: unknown = JSON.parse(started.body);
    expect(started.location).toBe(`${path}${basePath}/migrations/${String(at(answer, 'migrationId'))}`);
    for (const link of ['self', 'status', 'failures', 'jobs'])
      expect([200, 301], link).toContain((await browser.visit(String(at(answer, `links.${link}`)))).status);
    const again: unknown = JSON.parse((await browser.visit(`${path}${basePath}/start`, { json: {} })).body);
    expect((await browser.visit(String(at(again, 'current.href')))).status).toBe(200);
    expect(await browser.firstEvent(`${path}${basePath}/events`)).toContain('event: state');
    expect((await browser.visit(`${path}${basePath}/cancel`, { json: {} })).status).toBe(200);
    const { servers } = JSON.parse((await browser.visit(`${path}/openapi.json`)).body) as {
      servers: unknown;
    };
    expect(servers).toEqual([{ url: path }]);

    const out = await browser.visit(`${path}/sign-out`, { form: {} });
    expect(out).toMatchObject({ status: 303, location: `${path}/sign-in` });
    expect(out.cookie).toMatch(/=; .*Expires=Thu, 01 Jan 1970/);
  },
);

test('strangers behind a proxy lock out no one else, and are told apart by what the proxy saw', async () => {
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { API_TOKEN, TRUSTED_PROXIES: '1' },
  });
  // As from several machines: the address that nginx sees is one that the test chooses.
  const seen = 'proxy_set_header X-Forwarded-For "$http_x_forwarded_for, $http_x_seen";';
  await using nginx = await startNginx('/', [`proxy_pass ${environment.url};`, seen]);
  if (nginx === undefined) return;
  const browser = openPages(nginx.port);
  const status = async (token: string, from: string, claimed = '192.0.2.9'): Promise<number | undefined> => {
    const headers = { Authorization: `Bearer ${token}`, 'X-Seen': from, 'X-Forwarded-For': claimed };
    return (await browser.visit(`${basePath}/status`, { headers })).status;
  };
  for (let guess = 0; guess < 30; guess += 1)
    expect(await status(`guess-${guess}`, '192.0.2.1', `192.0.2.${guess}`)).toBe(401);
  expect(await status('one-more', '192.0.2.1')).toBe(429);
  expect(await status('another', '192.0.2.2')).toBe(401);
  expect(await status(API_TOKEN, '192.0.2.1')).toBe(200);
});

test('only a proxy is believed what only a proxy may say', async () => {
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { API_TOKEN, TRUSTED_PROXIES: '192.0.2.0/24' },
  });
  const browser = openPages(Number(new URL(environment.url).port));
  const headers = { 'X-Forwarded-Host': name, 'X-Forwarded-Prefix': '/evil', Host: '127.0.0.1' };
  const page = await browser.visit('/sign-in', { headers });
  expect(page.body).toContain('href="/pages.css"');
  const foreign = await browser.visit('/sign-in', { headers: { ...headers, Host: name } });
  expect(foreign).toMatchObject({ status: 403, body: expect.stringContaining('HOST_NOT_ALLOWED') });
});

interface Visit {
  readonly form?: Record<string, string>;
  readonly json?: object;
  readonly headers?: Record<string, string>;
}

interface Page {
  readonly status: number | undefined;
  readonly location: string;
  readonly cookie: string;
  readonly body: string;
}

/** What a browser does at `http://migrator.example.com/`, with its one cookie. */
function openPages(port: number) {
  let jar = '';
  const send = (url: string, { form, json, headers }: Visit) => {
    const body = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form).toString();
    const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const sent = request({
      host: '127.0.0.1',
      port,
      path: url,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Host: name,
        Accept: 'text/html, application/json',
        ...(jar === '' ? {} : { Cookie: jar }),
        ...(body === undefined ? {} : { Origin: `http://${name}`, 'Content-Type': type }),
        ...headers,
      },
    });
    sent.end(body);
    return new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject);
    });
  };
  const visit = async (url: string, how: Visit = {}): Promise<Page> => {
    const answer = await send(url, how);
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    if (cookie !== '') jar = cookie.split(';')[0] ?? '';
    return {
      status: answer.statusCode,
      location: answer.headers.location ?? '',
      cookie,
      body: await text(answer),
    };
  };
  return {
    visit,
    /** All that a page loads or links to, as paths. */
    async addressesOn(page: string): Promise<string[]> {
      const { status, body } = await visit(page);
      expect(status, page).toBe(200);
      const base = new URL(/<base href="([^"]*)"/.exec(body)?.[1] ?? page, `http://${name}${page}`);
      const found = [...body.matchAll(/<(?:a|link|script)\b[^>]* (?:href|src)="([^"#][^"]*)"/g)];
      return found
        .map(([, href = '']) => new URL(href, base))
        .filter(({ protocol }) => protocol === 'http:')
        .map(({ pathname }) => pathname);
    },
    async firstEvent(url: string): Promise<string> {
      const stream = await send(url, {});
      let read = '';
      for await (const chunk of stream) {
        read += String(chunk);
        if (read.includes('data:')) break;
      }
      return read;
    },
  };
}

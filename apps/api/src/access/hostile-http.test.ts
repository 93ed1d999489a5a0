import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { basePath } from '../api-context.ts';
import { openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';

const start = `POST ${basePath}/start HTTP/1.1`;
const json = 'Content-Type: application/json';

test.each([
  ['no HTTP at all', ['hello'], 400, 'BAD_REQUEST'],
  [
    'a path of 20 KB',
    [`GET ${basePath}/${'x'.repeat(20_000)} HTTP/1.1`, 'Host: localhost'],
    431,
    'HEADERS_TOO_LARGE',
  ],
  [
    'a long path that does not exist',
    [`GET /${'x'.repeat(8_000)} HTTP/1.1`, 'Host: localhost'],
    404,
    'NOT_FOUND',
  ],
  ['no Host', ['GET /healthz HTTP/1.1'], 400, ''],
  [
    'two lengths',
    [start, 'Host: localhost', json, 'Content-Length: 2', 'Content-Length: 3', '', '{}'],
    400,
    'BAD_REQUEST',
  ],
  [
    'a length and chunks',
    [start, 'Host: localhost', json, 'Content-Length: 2', 'Transfer-Encoding: chunked', '', '{}'],
    400,
    'BAD_REQUEST',
  ],
  [
    'a path that is no encoding',
    [`GET ${basePath}/migrations/%E0%A4%A HTTP/1.1`, 'Host: localhost'],
    400,
    'BAD_PATH',
  ],
  ['a NUL in the path', [`GET ${basePath}/migrations/%00 HTTP/1.1`, 'Host: localhost'], 404, 'NOT_FOUND'],
  ['a path upwards', [`GET ${basePath}/../../../etc/passwd HTTP/1.1`, 'Host: localhost'], 404, 'NOT_FOUND'],
  [
    'a path upwards, encoded',
    ['GET /admin/queues/static/..%2f..%2f..%2fpackage.json HTTP/1.1', 'Host: localhost'],
    404,
    'NOT_FOUND',
  ],
  [
    'a compressed bomb',
    [start, 'Host: localhost', json, 'Content-Encoding: br', 'Content-Length: 2', '', '{}'],
    400,
    'BAD_REQUEST',
  ],
  [
    'an unknown compression',
    [start, 'Host: localhost', json, 'Content-Encoding: x', 'Content-Length: 2', '', '{}'],
    415,
    'UNSUPPORTED_ENCODING',
  ],
  [
    'a prototype',
    [start, 'Host: localhost', json, 'Content-Length: 33', '', '{"__proto__":{"prune":true}}     '],
    400,
    'INVALID_REQUEST',
  ],
  ['a null', [start, 'Host: localhost', json, 'Content-Length: 4', '', 'null'], 400, 'INVALID_REQUEST'],
  [
    'a parameter that is not read',
    [`POST ${basePath}/start?dryRun=true HTTP/1.1`, 'Host: localhost'],
    400,
    'INVALID_REQUEST',
  ],
  [
    'a parameter twice',
    [`GET ${basePath}/verify?mode=full&mode=count HTTP/1.1`, 'Host: localhost'],
    400,
    'INVALID_REQUEST',
  ],
  [
    'a cursor that is garbage',
    [`GET ${basePath}/migrations?cursor=%28%00 HTTP/1.1`, 'Host: localhost'],
    400,
    'INVALID_CURSOR',
  ],
  ['TRACE', [`TRACE ${basePath}/status HTTP/1.1`, 'Host: localhost'], 405, 'METHOD_NOT_ALLOWED'],
])('%s is refused as it should be', async (_what, lines, status, code) => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const answer = await raw(environment, lines);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain(code);
  expect(answer).not.toMatch(/node_modules|\.ts:\d|X-Powered-By/i);
});

test('HEAD and OPTIONS are answered, and start nothing', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const options = await environment.call('OPTIONS /start');
  expect(options.status).toBe(204);
  expect(options.headers.get('allow')).toBe('POST, OPTIONS');
  expect(options.headers.get('access-control-allow-origin')).toBeNull();
  for (const call of ['HEAD /status', 'HEAD /events', 'HEAD //metrics', 'GET /status/']) {
    expect((await environment.call(call)).status, call).toBe(200);
  }
  expect((await environment.call('HEAD /verify')).status).toBe(405);
  expect((await environment.call('GET /status')).body).toMatchObject({ currentStatus: { state: 'idle' } });
});

test.each([
  'wait=-1',
  'wait=x',
  'wait',
  'wait=99999999999999999999',
  'x'.repeat(2_000),
  'wait=0, wait=5',
  '"',
])('Prefer: %j does no harm', async (Prefer) => {
  await using environment = await openTestEnvironment({ workers: 0 });
  expect((await environment.call('POST /start', { headers: { Prefer } })).status).toBe(422);
});

/** What the server answers to these lines, until it closes the connection. */
async function raw(environment: TestEnvironment, lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(environment.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const [head = '', ...rest] = lines;
  const hasBody = lines.includes('');
  socket.write([head, 'Connection: close', ...rest, ...(hasBody ? [] : ['', ''])].join('\r\n'));
  return text(socket);
}

import { MigrationError } from '@migrator/core';
import { createRedact, secretsOf } from '@migrator/core';
import { expect, test } from 'vitest';

import { createLog, type LogOptions } from './create-log.ts';

const env = {
  API_TOKEN: 'token-"quoted"-0123456789',
  API_READ_TOKEN: 'read-token-0123456789',
  AWS_SECRET_ACCESS_KEY: 'aws/secret+key0123456789',
  AWS_SESSION_TOKEN: 'session-token-0123456789',
  REDIS_URL: 'redis://user:p%40ss-w0rd-%2F123@localhost:6379',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Api-Key%20abcdefgh,x-other=otlp-secret-123',
};
const secrets = [
  env.API_TOKEN,
  env.API_READ_TOKEN,
  env.AWS_SECRET_ACCESS_KEY,
  env.AWS_SESSION_TOKEN,
  'p@ss-w0rd-/123',
  'p%40ss-w0rd-%2F123',
  'Api-Key abcdefgh',
  'otlp-secret-123',
];

async function openLog(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = await createLog({
    program: 'test',
    level: 'debug',
    pretty: false,
    secrets: secretsOf(env),
    destination: { write: (line) => void lines.push(line) },
    ...options,
  });
  return { log, lines };
}

test('a line is one JSON object with its level, time, program and fields', async () => {
  const { log, lines } = await openLog({ context: () => ({ traceId: 'abc' }) });
  log.child({ request: 'r1' }).info({ run: 'migration-x', user: 'ann' }, 'began');
  log.trace('not wanted');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    program: 'test',
    request: 'r1',
    run: 'migration-x',
    user: 'ann',
    traceId: 'abc',
    msg: 'began',
  });
});

test.each([false, true])('no secret gets into a line, wherever it stands (pretty: %s)', async (pretty) => {
  const { log, lines } = await openLog({ pretty });
  for (const secret of secrets) {
    log.info(secret);
    log.info({ nested: { deep: [`before ${secret} after`] } }, 'fields');
    log.error({ err: new Error(`it was ${secret}`, { cause: new Error(secret) }) }, 'an error');
    log.error({ err: new MigrationError('INTERNAL', secret) }, secret);
  }
  log.info({
    headers: { authorization: 'anything', cookie: 'anything' },
    password: 'anything',
    a: { b: { token: 'anything' } },
  });
  const auth = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['anything'] } });
  log.error({ err: auth }, 'ioredis hangs its command on its errors');
  const all = lines.join('');
  for (const secret of [...secrets, 'anything']) {
    expect(all).not.toContain(secret);
    expect(all).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
  // What was taken out must not break the JSON around it.
  for (const line of pretty ? [] : lines) expect(() => JSON.parse(line)).not.toThrow();
});

test.each([
  ["The Canonical String … x-amz-security-token:FwoGZXIvYXdzE&'", 'FwoGZXIvYXdzE'],
  ['Authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
  ['connect redis://me:hunter22@host:6379/0 failed', 'hunter22'],
  ['rediss://:hunter22@host', 'hunter22'],
  ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----', 'MIIEvQIBADANBg'],
])('%j: what looks like a secret goes, known or not', (text, secret) => {
  const clean = createRedact([])(text);
  expect(clean).not.toContain(secret);
  expect(clean).toContain('***');
});

test.each(['read users/ann/trading-journal', 'http://127.0.0.1:5000/docs', 'a: b@c', 'local'])(
  '%j stays as it is',
  (text) => {
    expect(createRedact(['local'])(text)).toBe(text);
  },
);

import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';

import { MigrationError } from '../migration-error.ts';
import { expect, test } from 'vitest';

import { redactError, redactErrorsOf } from './redact-error.ts';
import { createRedact } from './redact.ts';
import { secretsOf } from './secrets-of.ts';

const password = 'Kan@rie/n:v0gel %41+x';
const encoded = encodeURIComponent(password);
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const keyLine = key.split('\n')[1] ?? '';
const account = JSON.stringify({
  type: 'service_account',
  private_key: key,
  private_key_id: 'canary-key-id-0123',
});

test.each([
  ['REDIS_URL', `redis://user:${encoded}@one:6379/0`],
  ['REDIS_URL', `redis://:${encoded}@one:6379,two:6380,three`],
  ['REDIS_URL', `rediss+sentinel://:x@one,two:26379/main/0?sentinelUsername=me&sentinelPassword=${encoded}`],
  ['HTTPS_PROXY', `http://me:${encoded}@proxy:3128`],
  ['AWS_ENDPOINT_URL', `https://me:${encoded}@dynamodb.example/path`],
  ['AWS_ENDPOINT_URL_DYNAMODB', `http://me:${encoded}@127.0.0.1:8000`],
  ['DATABASE_PASSWORD', password],
  ['OTEL_EXPORTER_OTLP_HEADERS', `api-key=${encoded},other=x`],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', `other=x,api-key=${password}`],
])('%s: its secret goes in every spelling', (name, value) => {
  const redact = createRedact(secretsOf({ [name]: value }));
  const spellings = [
    value,
    password,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams({ password }).toString(),
    JSON.stringify({ password }),
    JSON.stringify(JSON.stringify({ password })),
    Buffer.from(password).toString('base64'),
  ];
  for (const text of spellings.filter((spelling) => spelling.length > 0)) {
    const clean = redact(`before ${text} after`);
    for (const part of [password, encoded, 'v0gel', Buffer.from(password).toString('base64')])
      expect(clean, text).not.toContain(part);
    expect(clean).toMatch(/^before .* after$/s);
  }
});

test('what a proxy is sent goes too', () => {
  const redact = createRedact(secretsOf({ HTTPS_PROXY: `http://me:${encoded}@proxy:3128` }));
  const basic = Buffer.from(`me:${password}`).toString('base64');
  expect(redact(`proxy said no to ${basic}`)).toBe('proxy said no to ***');
});

test.each([
  ['JSON', account],
  ['JSON on several lines', JSON.stringify(JSON.parse(account), undefined, 2)],
  ['base64 of JSON', Buffer.from(account).toString('base64')],
  ['base64 of a key', Buffer.from(key).toString('base64')],
  ['a key', key],
  ['a key on one line', key.replaceAll('\n', '\\n')],
  ['a key in parts', key.slice(0, -40)],
])('a key that stands in a variable as %s goes, whole or in parts', (_, value) => {
  const redact = createRedact(secretsOf({ GOOGLE_APPLICATION_CREDENTIALS: value }));
  for (const text of [value, key, keyLine, JSON.stringify(key), inspect({ key }), `ENOENT: open '${value}'`])
    expect(redact(text)).not.toContain(keyLine.slice(0, 48));
});

test('paths and ordinary values are no secrets', () => {
  expect(
    secretsOf({
      GOOGLE_APPLICATION_CREDENTIALS: '/etc/migrator/key.json',
      REDIS_TLS_KEY: './certs/client-key.pem',
      REDIS_URL: 'redis://migration@localhost:6379/0?family=4',
      AWS_ENDPOINT_URL: 'http://localhost:8000/a@b',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      DYNAMODB_TABLE: 'tradebook-heatmaps',
    }),
  ).toEqual([]);
});

test.each([
  key,
  key.replace('-----END PRIVATE KEY-----', ''),
  key.replaceAll('\n', '\\n'),
  JSON.stringify(JSON.stringify({ key })),
  key.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY').replaceAll('\n', '\r\n'),
  `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123456789\n\n${keyLine}`,
])('a key that no list knows goes, with its END line or without', (text) => {
  const clean = createRedact([])(`{"msg":"cannot read ${text}"}`);
  expect(clean).not.toContain(keyLine.slice(0, 20));
  expect(clean).toMatch(/^\{"msg":"cannot read .*"\}$/s);
});

test('an error is clean, with its causes, its stack and what hangs on it', () => {
  const secret = 'canary-0123456789';
  const request = { headers: { authorization: secret } };
  const inner = Object.assign(new TypeError(`inner ${secret}`), { request, code: 'EINNER' });
  const error = Object.assign(new RangeError(`outer ${secret}`, { cause: inner }), {
    request,
    path: secret,
    attempts: 3,
  });
  inner.cause = error;
  const clean = redactError(error, createRedact([secret]));
  expect(clean).toBe(error);
  expect(inspect(clean, { depth: 20, showHidden: true })).not.toContain('canary');
  expect(clean).toMatchObject({
    message: 'outer ***',
    attempts: 3,
    cause: { name: 'TypeError', message: 'inner ***', code: 'EINNER' },
  });
  expect(error.stack).toContain('redact.test.ts');
});

test('what a service throws is clean, in whatever way it does', async () => {
  const secret = 'canary-0123456789';
  const service = redactErrorsOf(
    {
      name: 'service',
      fine: async (what: string) => what,
      rejects: async () => Promise.reject(new Error(secret)),
      throws(): never {
        throw new Error(`${this.name} ${secret}`);
      },
    },
    createRedact([secret]),
  );
  expect(await service.fine('x')).toBe('x');
  await expect(service.rejects()).rejects.toThrow(/^\*\*\*$/);
  expect(() => service.throws()).toThrow(/^service \*\*\*$/);
  expect(service.name).toBe('service');
});

test('a cause that is an error of our own stays one, without its secrets', () => {
  const redact = createRedact(secretsOf({ DATABASE_PASSWORD: password }));
  const deepest = new MigrationError('SOURCE_THROTTLED', `with ${password}`);
  const error = new MigrationError('ABORTED', 'stopped', { cause: deepest });
  const redacted = redactError(error, redact);
  expect(redacted).toMatchObject({ code: 'ABORTED', cause: { code: 'SOURCE_THROTTLED' } });
  expect((redacted as Error).cause).toBeInstanceOf(MigrationError);
  expect(inspect(redacted, { depth: 10 })).not.toContain(password);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listPrices } from '@migrator/core';
import { expect, onTestFinished, test } from 'vitest';

import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

test('an empty environment gives the defaults of the documentation', () => {
  expect(readConfig({})).toEqual({
    google: { databaseId: '(default)', usersCollection: 'users', journalCollection: 'trading-journal' },
    aws: { tableName: 'tradebook-heatmaps', createTable: false },
    redis: { url: 'redis://127.0.0.1:6379', prefix: '{journal-migration}', tls: {} },
    http: { host: '127.0.0.1', port: 5000 },
    migration: {
      oversize: 'fail',
      userConcurrency: 8,
      writeConcurrency: 64,
      sourceRamp: false,
    },
    prices: listPrices,
    secrets: [],
    logLevel: 'info',
    hideUserData: false,
  });
});

test('notices need their URL and their secret, and no message or log shows either', () => {
  const url = 'https://ann:hidden-word@hooks.example.com/services/T0/long-token';
  const secret = 'a-secret-of-some-length';
  const config = readConfig({ NOTIFY_URL: url, NOTIFY_SECRET: secret });
  expect(config.notify).toEqual({ url, secret });
  expect(config.secrets).toEqual(expect.arrayContaining([url, secret, 'hidden-word']));
  expect(() => readConfig({ NOTIFY_URL: url })).toThrow('NOTIFY_SECRET holds nothing');
  expect(() => readConfig({ NOTIFY_SECRET: secret })).toThrow('NOTIFY_URL holds nothing');
  expect(() => readConfig({ NOTIFY_URL: 'ftp://x', NOTIFY_SECRET: secret })).toThrow(
    'NOTIFY_URL holds a value that is not shown; it may hold an http or https URL that takes a POST',
  );
});

test('a variable left empty counts as none', () => {
  expect(readConfig({ PORT: '', API_TOKEN: '' })).toEqual(readConfig({}));
});

test.each([
  ['PORT', '50x', 'PORT holds "50x"; it may hold a whole number from 0 to 65535'],
  ['PORT', '65536', 'PORT holds "65536"; it may hold a whole number from 0 to 65535'],
  ['PORT', '-1', 'PORT holds "-1"; it may hold a whole number from 0 to 65535'],
  ['OVERSIZE', 'zip', 'OVERSIZE holds "zip"; it may hold one of fail, gzip'],
  ['CREATE_TABLE', 'yes', 'CREATE_TABLE holds "yes"; it may hold one of true, false'],
  [
    'USERS_COLLECTION',
    'a/b',
    `USERS_COLLECTION holds "a/b"; it may hold a collection's name, without a slash`,
  ],
  ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost:8000', /may hold a URL that begins with http/],
  ['USER_CONCURRENCY', '0', /a whole number from 1 to/],
  ['MAX_WRITE_UNITS_PER_SECOND', '1.5', /a whole number from 1/],
  ['SOURCE_RAMP', 'yes', 'SOURCE_RAMP holds "yes"; it may hold one of true, false'],
  ['LOG_LEVEL', 'loud', /one of fatal, error/],
])('%s=%s is refused with a line that says what it may hold', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(message);
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
});

test.each(['batch', 'safe', 'anything'])(
  'WRITE_MODE=%s, which is in force no more, is refused',
  (WRITE_MODE) => {
    const message = 'WRITE_MODE is no longer supported: every write is conditional; remove it';
    expect(() => readConfig({ WRITE_MODE })).toThrow(new ConfigError('WRITE_MODE', message));
    expect(readConfig({ WRITE_MODE: '' })).toEqual(readConfig({}));
  },
);

test('a secret that is wrong is not shown', () => {
  expect(() => readConfig({ API_TOKEN: 'short' })).toThrow(
    'API_TOKEN holds a value that is not shown; it may hold at least 16 characters',
  );
  expect(() => readConfig({ REDIS_URL: 'http://:geheim@x' })).toThrow(/^((?!geheim).)*$/);
});

const keyText = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n';

test.each([
  [
    { REDIS_TLS_KEY: keyText },
    'REDIS_TLS_KEY holds a key or certificate, not a path; it may hold the path of',
  ],
  [
    { REDIS_TLS_CERT: keyText.replaceAll('\n', '\\n') },
    'REDIS_TLS_CERT holds a key or certificate, not a path',
  ],
  [{ REDIS_TLS_CA: Buffer.from(keyText).toString('base64') }, 'REDIS_TLS_CA holds base64, not a path'],
  [{ REDIS_TLS_KEY: 'MIGHAgEAMBMGByqGSM49' }, 'REDIS_TLS_KEY holds a value that is not shown'],
  [{ AWS_ENDPOINT_URL_DYNAMODB: 'ftp://me:MIGHAgEAMBMGByqGSM49@host' }, 'holds "ftp://me:***@host"'],
  [{ DYNAMODB_TABLE: 'a b MIGHAgEAMBMGByqGSM49', API_TOKEN: 'MIGHAgEAMBMGByqGSM49' }, 'holds "a b ***"'],
])('%j: what is wrong is said without the secret in it', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
  expect(() => readConfig(env)).toThrow(/^((?!MIGH|TUlHS)[^])*$/);
});

test.each([
  ['BASE_PATH', '/tools/migrator/', { basePath: '/tools/migrator' }],
  ['BASE_PATH', '/', { basePath: '' }],
  [
    'TRUSTED_PROXIES',
    '127.0.0.1, 10.0.0.0/8,fd00::/8',
    { trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] },
  ],
  ['TRUSTED_PROXIES', 'loopback', { trustedProxies: ['loopback'] }],
  ['TRUSTED_PROXIES', '2', { trustedProxies: 2 }],
  ['ALLOWED_HOSTS', 'Migrator.Example.com,api', { allowedHosts: ['migrator.example.com', 'api'] }],
])('%s=%s', (name, value, http) => {
  expect(readConfig({ [name]: value }).http).toMatchObject(http);
});

test.each([
  ['BASE_PATH', ['tools', '//evil.example', '/a/../b', '/a b', '/a?b', '/"><script>']],
  [
    'TRUSTED_PROXIES',
    ['true', '*', '10.0.0.0/33', '0.0.0.0/0', '1.2.3', '127.0.0.1,', '99', '-1', 'example.com'],
  ],
  ['ALLOWED_HOSTS', ['*', 'http://example.com', 'example.com:443', 'a,,b', '*.example.com']],
])('%s is refused for what would mean everybody, or nothing', (name, values) => {
  for (const value of values)
    expect(() => readConfig({ [name]: value }), value).toThrow(new RegExp(`^${name} holds .*; it may hold`));
});

test('an endpoint goes on without its user and password, which nothing could take', () => {
  const { aws, secrets } = readConfig({ AWS_ENDPOINT_URL_DYNAMODB: 'http://me:secret-0123@127.0.0.1:8000' });
  expect(aws.endpoint).toBe('http://127.0.0.1:8000/');
  expect(secrets).toContain('secret-0123');
});

test('a prefix that spreads the keys of a cluster is refused', () => {
  const REDIS_URL = 'redis+cluster://127.0.0.1:7000';
  expect(() => readConfig({ REDIS_URL, QUEUE_PREFIX: 'jobs' })).toThrow(
    'QUEUE_PREFIX holds "jobs"; on a Redis Cluster it may hold only a name in braces, such as "{jobs}"',
  );
  expect(readConfig({ REDIS_URL, QUEUE_PREFIX: 'our:{jobs}' }).redis.prefix).toBe('our:{jobs}');
  expect(readConfig({ REDIS_URL }).redis.prefix).toBe('{journal-migration}');
});

test('files for TLS are there, are PEM, are used, and a certificate has its key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pem-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [pem, der] = [join(folder, 'a.pem'), join(folder, 'a.der')];
  await writeFile(pem, '-----BEGIN CERTIFICATE-----\n');
  await writeFile(der, Buffer.from([0x30, 0x82]));
  const REDIS_URL = 'rediss://127.0.0.1';
  expect(readConfig({ REDIS_URL, REDIS_TLS_CA: pem }).redis.tls).toStrictEqual({
    ca: pem,
    cert: undefined,
    key: undefined,
  });
  for (const file of ['/nowhere.pem', der, folder]) {
    expect(() => readConfig({ REDIS_URL, REDIS_TLS_CA: file })).toThrow(
      `REDIS_TLS_CA holds "${file}"; it may hold the path of a PEM file that this process can read`,
    );
  }
  expect(() => readConfig({ REDIS_URL, REDIS_TLS_CERT: pem })).toThrow(/^REDIS_TLS_KEY is empty/);
  for (const url of [undefined, 'redis://127.0.0.1', 'redis+cluster://127.0.0.1']) {
    expect(() => readConfig({ REDIS_URL: url, REDIS_TLS_CA: pem })).toThrow(
      /^REDIS_TLS_CA is set, but REDIS_URL uses no TLS; begin it with rediss:/,
    );
  }
});

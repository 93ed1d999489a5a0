import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MigrationError } from '@migrator/core';
import {
  redisRefusals,
  startRedis,
  startRefusingRedis,
  sampleBinding as binding,
  startTcpProxy,
} from '@migrator/devkit';
import { Redis } from 'ioredis';
import { generate } from 'selfsigned';
import { expect, inject, onTestFinished, test } from 'vitest';

import { connectRedis, type RedisRole, type RedisSettings } from './connect-redis.ts';
import { openQueues } from './migration-queues.ts';
import { createQueueDispatcher } from './queue-dispatcher.ts';
import { closeRedis, requireFitRedis, requireRedis, requireWrites } from './redis-connection.ts';
import { namingRedisErrors, toRedisError } from './redis-errors.ts';
import { createRedisLedger } from './redis-ledger/redis-ledger.ts';
import { createRedisRateLimit } from './redis-rate-limit.ts';

const prefix = '{refused}';
const request = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;

function connected(settings: RedisSettings, role: RedisRole, errors: Error[] = []) {
  const redis = connectRedis(settings, role, (error) => void errors.push(error));
  onTestFinished(() => closeRedis(redis));
  return redis;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function serveTls({ cert, key }: { cert: string; key: string }, clients: 'yes' | 'no') {
  const server = await startRedis({
    settings: (port) =>
      [
        ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', clients],
        ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert],
      ].flat(),
  });
  onTestFinished(() => server.stop());
  return server;
}

test.each(Object.entries(redisRefusals))(
  'a Redis that is %s: %s from the ledger, the queue, the pace and the check, and gone when it is restored',
  async (how, code) => {
    await using refusing = await startRefusingRedis();
    const { url } = refusing.service;
    const redis = connected({ url }, 'api');
    const ledger = createRedisLedger({ redis, prefix });
    const queues = openQueues(redis, prefix, () => undefined);
    onTestFinished(() => queues.close());
    const dispatcher = namingRedisErrors(createQueueDispatcher(queues), redis);
    const pace = createRedisRateLimit({ redis, prefix });
    await requireFitRedis(redis, prefix);
    await requireRedis(redis, 2_500);

    await refusing.refuse(how as keyof typeof redisRefusals);
    const calls = [
      () => ledger.open(request, { now: new Date(), binding }),
      () => dispatcher.coordinate('migration-20260101T000000000Z'),
      () => pace.setMaximum(1),
      () => requireWrites(redis, prefix),
    ];
    for (const call of calls) {
      // A connection may just be being lost to it.
      const failure = async (): Promise<string> => MigrationError.codeOf(await failureOf(call()));
      await expect.poll(failure, { timeout: 10_000 }).toBe(code);
    }
    await refusing.restore();
    await expect.poll(() => failureOf(requireWrites(redis, prefix)), { timeout: 10_000 }).toBeUndefined();
    expect(await ledger.open(request, { now: new Date(), binding })).toMatchObject({ opened: true });
  },
);

test.each<[string, string, (port: number) => string]>([
  ['a password that is wrong', 'REDIS_AUTH_REFUSED', (port) => `redis://:geheim@127.0.0.1:${port}`],
  ['a user that is unknown', 'REDIS_AUTH_REFUSED', (port) => `redis://bob:geheim@127.0.0.1:${port}`],
  ['no password where one is asked for', 'REDIS_AUTH_REQUIRED', (port) => `redis://127.0.0.1:${port}`],
  ['a database that is not there', 'REDIS_DATABASE', (port) => `redis://:right@127.0.0.1:${port}/99`],
  ['TLS where there is none', 'REDIS_TLS', (port) => `rediss://:right@127.0.0.1:${port}`],
  ['a port without a listener', 'REDIS_UNAVAILABLE', () => 'redis://:geheim@127.0.0.1:1'],
  ['a name without an address', 'REDIS_UNAVAILABLE', () => 'redis://:geheim@no-such-host.invalid'],
])('%s: %s in each role, with no secret in it', async (_name, code, urlOf) => {
  await using redis = await startRedis({ settings: () => ['--requirepass', 'right'] });
  const ledger = createRedisLedger({ redis: connected({ url: urlOf(redis.port) }, 'ledger'), prefix });
  await expect
    .poll(async () => MigrationError.codeOf(await failureOf(ledger.current())), { timeout: 8_000 })
    .toBe(code);
  const roles = (['api', 'ledger', 'queue'] as const).map(async (role) => {
    const reported: Error[] = [];
    const connection = connected({ url: urlOf(redis.port) }, role, reported);
    const error = await failureOf(requireRedis(connection, 8_000));
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, reported.map(String)])).not.toMatch(/geheim/);
    expect(reported.map((one) => MigrationError.codeOf(one))).toContain(code);
  });
  await Promise.all(roles);
});

test('a database that Redis refuses is never taken for database 0, by blocking connections neither', async () => {
  await using service = await startRedis();
  const url = `${service.url}/99`;
  const redis = connected({ url }, 'queue');
  const other = (redis as Redis).duplicate();
  other.on('error', () => undefined);
  onTestFinished(() => other.disconnect());
  const commands = [failureOf(redis.set('a', 'b')), failureOf(other.set('a', 'b'))];
  for (const command of commands) expect(String(await command)).toMatch(/DB index is out of range/);
  const admin = new Redis(service.url);
  onTestFinished(() => admin.disconnect());
  expect(await admin.dbsize()).toBe(0);
});

test('certificates: unknown, for another host, expired, none of our own, and plain words to a TLS port', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-errors-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const pair = async (name: string, host: string, days: number) => {
    const notBeforeDate = new Date(Date.now() - 10 * 86_400_000);
    const notAfterDate = new Date(Date.now() + days * 86_400_000);
    const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
      notBeforeDate,
      notAfterDate,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
    });
    return { cert: await write(`${name}.pem`, cert), key: await write(`${name}.key`, key) };
  };
  const good = await pair('good', 'localhost', 10);
  const expired = await pair('expired', 'localhost', -1);
  const [server, old] = [await serveTls(good, 'yes'), await serveTls(expired, 'no')];
  const ca = good.cert;
  const faults: [RedisSettings, RegExp][] = [
    [{ url: `rediss://localhost:${server.port}` }, /self-signed.*REDIS_TLS_CA/],
    [{ url: `rediss://127.0.0.1:${server.port}`, tls: { ca, ...good } }, /127\.0\.0\.1.*host in REDIS_URL/],
    [{ url: `rediss://localhost:${server.port}`, tls: { ca } }, /certificate required.*REDIS_TLS_CERT/],
    [{ url: `rediss://localhost:${old.port}`, tls: { ca: expired.cert } }, /expired/],
  ];
  for (const [settings, message] of faults) {
    const error = await failureOf(requireRedis(connected(settings, 'api'), 5_000));
    expect(error).toMatchObject({ code: 'REDIS_TLS', message: expect.stringMatching(message) });
  }
  const plain = await failureOf(
    requireRedis(connected({ url: `redis://localhost:${server.port}` }, 'api'), 1_000),
  );
  expect(plain).toMatchObject({ message: expect.stringMatching(/rediss:/) });
  await requireRedis(
    connected({ url: `rediss://localhost:${server.port}`, tls: { ca, ...good } }, 'api'),
    5_000,
  );
});

test('a Redis that is not there, goes or is no Redis is out of reach', async () => {
  const { hostname, port } = new URL(inject('services').REDIS_URL);
  const proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  const redis = new Redis({ port: proxy.port, maxRetriesPerRequest: 0 });
  onTestFinished(async () => {
    redis.disconnect();
    await proxy[Symbol.asyncDispose]();
  });
  redis.on('error', () => undefined);
  await redis.ping();
  const waiting = failureOf(redis.blpop('nothing-ever-comes-here', 0));
  proxy.cut();
  expect(toRedisError(await waiting)?.code).toBe('REDIS_UNAVAILABLE');
  expect(toRedisError(await failureOf(redis.get('x')))?.code).toBe('REDIS_UNAVAILABLE');

  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const url = `redis://127.0.0.1:${(http.address() as { port: number }).port}`;
  expect(await failureOf(requireRedis(connected({ url }, 'api'), 2_000))).toMatchObject({
    code: 'REDIS_UNAVAILABLE',
  });
});

test('what is wrapped is found: a transaction, an older Redis in a script, a cluster of which each node refuses', async () => {
  await using refusing = await startRefusingRedis();
  const redis = new Redis(refusing.service.url);
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  await redis.ping();
  await refusing.refuse('full');
  expect(toRedisError(await failureOf(redis.multi().set('a', 'b').exec()))?.code).toBe('REDIS_FULL');
  const [, [error] = []] = (await redis.pipeline().ping().set('a', 'b').exec()) ?? [];
  expect(toRedisError(error)?.code).toBe('REDIS_FULL');

  const older = Object.assign(
    new Error(
      'ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > maxmemory.',
    ),
    { name: 'ReplyError' },
  );
  expect(toRedisError(older)?.code).toBe('REDIS_FULL');
  const cluster = connected({ url: 'redis+cluster://:geheim@127.0.0.1:' + refusing.service.port }, 'api');
  await refusing.refuse('requires a password');
  expect(await failureOf(requireRedis(cluster, 8_000))).toMatchObject({ code: 'REDIS_AUTH_REFUSED' });
});

test('what is our own mistake is none of these', async () => {
  const redis = new Redis(inject('services').REDIS_URL);
  onTestFinished(async () => void (await redis.quit()));
  expect(toRedisError(await failureOf(redis.call('NO-SUCH-COMMAND')))).toBeUndefined();
  expect(toRedisError(await failureOf(redis.eval('return nonsense()', 0)))).toBeUndefined();
  expect(toRedisError(new TypeError('x is not a function'))).toBeUndefined();
  expect(
    toRedisError(Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' })),
  ).toBeUndefined();
  const port = namingRedisErrors({ fails: async () => Promise.reject(new Error('else')) });
  await expect(port.fails()).rejects.toThrow(/^else$/);
});

import { Program, redisRefusals, startRedis, startRefusingRedis } from '@migrator/devkit';
import { closeRedis, connectRedis } from '@migrator/queue';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { startProgram } from './testing/programs.ts';

const env = { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-unfit', PORT: '0' };
const patiently = { timeout: 30_000, interval: 50 };
const { full, 'not saving': notSaving, 'no replicas': noReplicas, 'a replica': replica } = redisRefusals;

test.concurrent.each(
  Object.entries({ full, 'not saving': notSaving, 'no replicas': noReplicas, 'a replica': replica }),
)(
  'a worker on a Redis that is %s says %s once, is not ready, and is when that is restored',
  async (how, code) => {
    await using refusing = await startRefusingRedis();
    await refusing.refuse(how as keyof typeof redisRefusals);
    await using worker = new Program({ main: 'worker', env: { ...env, REDIS_URL: refusing.service.url } });
    worker.start();
    await vi.waitFor(() => expect(worker.stdout).toContain(code), patiently);
    expect(worker.stderr).not.toContain('ready');
    const before = await refusing.connections();
    await refusing.seconds(4);
    expect((await refusing.connections()) - before).toBeLessThan(15);
    expect(worker.stdout.split(`"${code}"`)).toHaveLength(2);
    await refusing.restore();
    await vi.waitFor(() => expect(worker.stderr).toContain('worker: ready'), patiently);
  },
);

test('a primary that becomes a replica: a worker says it, does not hammer, and goes on when it is a primary again', async () => {
  await using refusing = await startRefusingRedis();
  const worker = startProgram('worker', { ...env, REDIS_URL: refusing.service.url });
  await vi.waitFor(() => expect(worker.stderr).toContain('worker: ready'), patiently);
  await refusing.refuse('a replica');
  await vi.waitFor(() => expect(worker.stdout).toContain('REDIS_READ_ONLY'), patiently);
  await refusing.seconds(3);
  const before = await refusing.connections();
  await refusing.seconds(4);
  expect((await refusing.connections()) - before).toBeLessThan(20);
  await refusing.restore();
  await vi.waitFor(async () => expect(await refusing.keys('*:metrics')).not.toEqual([]), patiently);
});

test.each([
  ['worker', '/99', 'REDIS_DATABASE', /has no database of the number in REDIS_URL/],
  ['api', '/99', 'REDIS_DATABASE', /has no database of the number in REDIS_URL/],
] as const)(
  '%s: a database that Redis refuses (%s) ends the program with a sentence',
  async (name, db, code, message) => {
    await using redis = await startRedis();
    const program = startProgram(name, { ...env, REDIS_URL: `${redis.url}${db}` });
    expect(await program.ended).toBe(1);
    expect(program.stderr).toMatch(message);
    expect(program.stdout).toContain(code);
  },
);

test.each(['worker', 'api'] as const)(
  '%s: records of another version end the program with a sentence, those of its own do not',
  async (name) => {
    await using service = await startRedis();
    const redis = connectRedis({ url: service.url }, 'api', () => undefined);
    onTestFinished(() => closeRedis(redis));
    const key = '{versions}:ledger:version';
    const start = () => startProgram(name, { ...env, REDIS_URL: service.url, QUEUE_PREFIX: '{versions}' });
    const first = start();
    await vi.waitFor(async () => expect(await redis.get(key)).toMatch(/^\d+$/), patiently);
    const second = start();
    const up = name === 'api' ? 'api: http' : 'worker: ready';
    for (const one of [first, second]) await vi.waitFor(() => expect(one.stderr).toContain(up), patiently);

    await redis.set(key, '999');
    const other = start();
    expect(await other.ended).toBe(1);
    expect(other.stderr).toMatch(
      new RegExp(`^${name}: Redis holds records of version 999 under QUEUE_PREFIX {versions}, .*`, 'm'),
    );
    expect(other.stdout).toContain('REDIS_RECORD_VERSION');
  },
);

test('an api whose Redis comes back with records of another version ends with the sentence', async () => {
  await using service = await startRedis();
  const redis = connectRedis({ url: service.url }, 'api', () => undefined);
  onTestFinished(() => closeRedis(redis));
  const api = startProgram('api', { ...env, REDIS_URL: service.url, QUEUE_PREFIX: '{versions}' });
  const key = '{versions}:ledger:version';
  await vi.waitFor(async () => expect(await redis.get(key)).toMatch(/^\d+$/), patiently);
  await redis.set(key, '999');
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  expect(await api.ended).toBe(1);
  expect(api.stderr.match(/records of version 999/g)).toHaveLength(1);
});

test('a worker with a password that Redis refuses ends with a sentence that does not show it', async () => {
  await using redis = await startRedis({ settings: () => ['--requirepass', 'right'] });
  const worker = startProgram('worker', { ...env, REDIS_URL: `redis://:geheim@127.0.0.1:${redis.port}` });
  expect(await worker.ended).toBe(1);
  expect(worker.stderr).toMatch(/^worker: Redis refuses the user or password of REDIS_URL/m);
  expect(worker.stderr + worker.stdout).not.toContain('geheim');
});

import { redisRefusals, startRedis, startRefusingRedis } from '@migrator/local-services';
import { afterEach, expect, inject, test, vi } from 'vitest';

import { endChildren, startProgram } from './testing/programs.ts';

const env = { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-unfit', PORT: '0' };
const patiently = { timeout: 30_000, interval: 50 };
const { full, 'not saving': notSaving, 'no replicas': noReplicas, 'a replica': replica } = redisRefusals;

afterEach(endChildren);

test.each(Object.entries({ full, 'not saving': notSaving, 'no replicas': noReplicas, 'a replica': replica }))(
  'a worker on a Redis that is %s says %s once, is not ready, and is when that is mended',
  async (how, code) => {
    await using refusing = await startRefusingRedis();
    await refusing.refuse(how as keyof typeof redisRefusals);
    const worker = startProgram('worker', { ...env, REDIS_URL: refusing.service.url });
    await vi.waitFor(() => expect(worker.log()).toContain(code), patiently);
    expect(worker.errors()).not.toContain('ready');
    const before = await refusing.connections();
    await refusing.seconds(4);
    expect((await refusing.connections()) - before).toBeLessThan(15);
    expect(worker.log().split(`"${code}"`)).toHaveLength(2);
    await refusing.mend();
    await vi.waitFor(() => expect(worker.errors()).toContain('worker: ready'), patiently);
  },
);

test('a primary that becomes a replica: a worker says it, does not hammer, and goes on when it is a primary again', async () => {
  await using refusing = await startRefusingRedis();
  const worker = startProgram('worker', { ...env, REDIS_URL: refusing.service.url });
  await vi.waitFor(() => expect(worker.errors()).toContain('worker: ready'), patiently);
  await refusing.refuse('a replica');
  await vi.waitFor(() => expect(worker.log()).toContain('REDIS_READ_ONLY'), patiently);
  await refusing.seconds(3);
  const before = await refusing.connections();
  await refusing.seconds(4);
  expect((await refusing.connections()) - before).toBeLessThan(20);
  await refusing.mend();
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
    expect(program.errors()).toMatch(message);
    expect(program.log()).toContain(code);
  },
);

test('a worker with a password that Redis refuses ends with a sentence that does not show it', async () => {
  await using redis = await startRedis({ settings: () => ['--requirepass', 'right'] });
  const worker = startProgram('worker', { ...env, REDIS_URL: `redis://:geheim@127.0.0.1:${redis.port}` });
  expect(await worker.ended).toBe(1);
  expect(worker.errors()).toMatch(/^worker: Redis refuses the user or password of REDIS_URL/m);
  expect(worker.errors() + worker.log()).not.toContain('geheim');
});

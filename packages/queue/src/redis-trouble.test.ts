import { startTcpProxy } from '@migrator/testing';
import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';

import { isRedisTrouble, namingRedisTrouble } from './redis-trouble.ts';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('a Redis that is not there, or goes, is trouble', async () => {
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
  expect(isRedisTrouble(await waiting)).toBe(true);
  expect(isRedisTrouble(await failureOf(redis.get('x')))).toBe(true);
});

test('a Redis that refuses what was asked is none', async () => {
  const redis = new Redis(inject('services').REDIS_URL);
  onTestFinished(async () => void (await redis.quit()));
  expect(isRedisTrouble(await failureOf(redis.call('NO-SUCH-COMMAND')))).toBe(false);
  expect(isRedisTrouble(await failureOf(redis.eval('return nonsense()', 0)))).toBe(false);
  expect(isRedisTrouble(new TypeError('x is not a function'))).toBe(false);
});

test('what says so becomes REDIS_UNAVAILABLE, all else stays as it is', async () => {
  const books = namingRedisTrouble({
    fails: async (message: string) => {
      throw new Error(message);
    },
    answers: async (value: number) => value + 1,
  });
  expect(await books.answers(1)).toBe(2);
  await expect(books.fails('Connection is closed.')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await expect(books.fails('else')).rejects.toThrow(/^else$/);
});

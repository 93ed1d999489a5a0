import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { expect, inject, it, onTestFinished, vi } from 'vitest';

import { CorkedRedis } from './corked-redis.ts';

async function connected(): Promise<CorkedRedis> {
  const redis = new CorkedRedis(inject('services').REDIS_URL, { maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  await once(redis, 'ready');
  return redis;
}

it('writes the commands of one turn of the event loop at once, and those of the next by themselves', async () => {
  const redis = await connected();
  const single = vi.spyOn(redis.stream, '_write');
  const several = vi.spyOn(redis.stream as Required<typeof redis.stream>, '_writev');
  const answers = await Promise.all([
    redis.echo('ü😀'),
    Promise.resolve().then(() => redis.echo('b')),
    new Promise<void>((resolve) => process.nextTick(resolve)).then(() => redis.echo('after a tick')),
    redis.echoBuffer(Buffer.from([0xff, 0])),
    redis.pipeline().echo('c').echo('d').exec(),
  ]);
  expect(answers).toEqual([
    'ü😀',
    'b',
    'after a tick',
    Buffer.from([0xff, 0]),
    [
      [null, 'c'],
      [null, 'd'],
    ],
  ]);
  expect(several).toHaveBeenCalledOnce();
  expect(single).not.toHaveBeenCalled();

  expect(await redis.echo('e')).toBe('e');
  expect(single).toHaveBeenCalledOnce();
});

it('never sends a command again that its connection took along, and goes on with the next connection', async () => {
  const redis = await connected();
  const key = `gathering-test-${randomUUID()}`;
  onTestFinished(async () => void (await redis.del(key)));
  const reconnected = once(redis, 'ready');
  const held = redis.incr(key);
  redis.stream.destroy();
  await expect(held).rejects.toThrow('max retries per request');
  await reconnected;
  expect(await redis.get(key)).toBeNull();
});

it('sends what was asked of it before it is closed', async () => {
  const [redis, other] = [await connected(), await connected()];
  const key = `gathering-test-${randomUUID()}`;
  onTestFinished(async () => void (await other.del(key)));
  const [answer] = await Promise.all([redis.incr(key), redis.quit()]);
  expect(answer).toBe(1);
  void other.incr(key).catch(() => undefined);
  other.disconnect();
  await once(other, 'end');
  await other.connect();
  expect(await other.get(key)).toBe('2');
});

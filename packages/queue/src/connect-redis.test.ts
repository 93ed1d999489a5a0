import { once } from 'node:events';

import { startRedisSentinels } from '@migrator/devkit';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';

import { connectRedis } from './connect-redis.ts';

it('finds the new primary when the news of the failover comes while it asks a sentinel that hangs', async () => {
  await using service = await startRedisSentinels();
  const [old, chosen] = service.servers;
  const [first, second] = service.sentinels;
  const redis = connectRedis({ url: service.url }, 'api', () => {});
  onTestFinished(() => redis.disconnect());
  await vi.waitFor(async () => {
    // It listens for failovers.
    expect(await command(second?.url ?? '', 'CLIENT', 'LIST', 'TYPE', 'pubsub')).toContain('sub=1');
  }, 10_000);

  const stopped = first?.pid ?? -1;
  process.kill(stopped, 'SIGSTOP');
  try {
    const asking = once(redis, 'connecting');
    await command(old.url, 'CLIENT', 'KILL', 'TYPE', 'normal');
    await asking;
    await vi.waitFor(() => command(second?.url ?? '', 'SENTINEL', 'FAILOVER', 'mymaster'), 10_000);
    await vi.waitFor(async () => expect(await redis.set('key', 'value')).toBe('OK'), 20_000);
  } finally {
    process.kill(stopped, 'SIGCONT');
  }
  await vi.waitFor(async () => expect(await command(chosen.url, 'GET', 'key')).toBe('value'), 20_000);
}, 60_000);

it('piles nothing up while there is no primary, and goes on with the one that comes', async () => {
  await using service = await startRedisSentinels();
  const [primary, replica] = service.servers;
  const warnings: Error[] = [];
  const note = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const redis = connectRedis({ url: service.url }, 'api', () => {});
  onTestFinished(() => redis.disconnect());
  let attempts = 0;
  redis.on('reconnecting', () => attempts++);
  await once(redis, 'ready');

  await Promise.all([primary.kill(), replica.kill()]);
  // More than a socket may have listeners without a warning.
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(11), 30_000);
  await primary.restart();
  await vi.waitFor(async () => expect(await redis.set('key', 'value')).toBe('OK'), 20_000);
  expect(warnings).toEqual([]);
}, 60_000);

async function command(url: string, ...words: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(url);
  try {
    return await client.call(...words);
  } finally {
    client.disconnect();
  }
}

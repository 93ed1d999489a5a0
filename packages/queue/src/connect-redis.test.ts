import { once } from 'node:events';

import { startRedisSentinels } from '@migrator/local-services';
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

async function command(url: string, ...words: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(url);
  try {
    return await client.call(...words);
  } finally {
    client.disconnect();
  }
}

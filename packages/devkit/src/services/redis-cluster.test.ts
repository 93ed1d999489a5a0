import { Cluster, Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isRunning } from '../processes/is-running.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startRedisSentinels } from './redis-sentinels.ts';

it('starts three nodes that are one cluster, and stops them', async () => {
  const service = await startRedisCluster();
  onTestFinished(() => service.stop());
  const client = new Cluster(service.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  onTestFinished(() => client.disconnect());
  for (const key of ['a', 'b', 'c', 'd', 'e']) await client.set(key, key);
  const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
  expect(sizes).toHaveLength(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
  expect(service.nodes).toContain(await service.primaryOf('a'));

  client.disconnect();
  await service.stop();
  expect(service.nodes.map(({ pid }) => isRunning(pid ?? -1))).toEqual([false, false, false]);
});

it('starts sentinels that put a replica in the place of a primary that is gone', async () => {
  const service = await startRedisSentinels();
  onTestFinished(() => service.stop());
  const [primary, replica] = service.servers;
  expect(await service.primaryPort()).toBe(primary.port);
  await primary.kill();
  await vi.waitFor(async () => expect(await service.primaryPort()).toBe(replica.port), { timeout: 30_000 });
  const client = new Redis(replica.url);
  onTestFinished(() => client.disconnect());
  await vi.waitFor(async () => expect(await client.set('key', 'value')).toBe('OK'), { timeout: 10_000 });
});

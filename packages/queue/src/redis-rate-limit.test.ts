import { randomUUID } from 'node:crypto';

import { AdaptiveConcurrencyLimit, RateController, type SharedRateLimit, windowOf } from '@migrator/engine';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { connectRedis } from './connect-redis.ts';
import { closeRedis } from './redis-connection.ts';
import { createRedisRateLimit } from './redis-rate-limit.ts';

/** Stores of so many processes over one prefix. */
function openStores(count: number): SharedRateLimit[] {
  const prefix = `{test-${randomUUID()}}`;
  return Array.from({ length: count }, (_, index) => {
    const redis = connectRedis({ url: inject('services').REDIS_URL }, 'ledger', () => undefined);
    onTestFinished(async () => {
      if (index === 0) await redis.unlink(...(await redis.keys(`${prefix}:*`)), 'nothing');
      await closeRedis(redis);
    });
    return createRedisRateLimit({ redis, prefix });
  });
}

test('processes share a window: no more is granted than it holds, and all of it is', async () => {
  const stores = openStores(3);
  const { points } = windowOf(30);
  const grants = await Promise.all(stores.map((store) => store.take('writes', 20, 30)));
  expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(points);
  for (const { granted, waitMs } of grants) {
    expect(waitMs).toBeLessThanOrEqual(1_000);
    expect(waitMs > 0).toBe(granted < 20);
  }
});

test('what a person set is known to all; not set, no budget and a number are told apart', async () => {
  const [one, other] = openStores(2);
  expect(await other?.maximum()).toBeUndefined();
  await one?.setMaximum(250);
  expect(await other?.maximum()).toBe(250);
  await one?.setMaximum(null);
  expect(await other?.maximum()).toBeNull();
});

test('reports the write rate of all processes and what limits it', async () => {
  const [one, other] = openStores(2);
  if (one === undefined || other === undefined) throw new TypeError('two stores were asked for');
  const controllers = [one, other].map((store) => {
    const writeLimit = new AdaptiveConcurrencyLimit(8);
    return new RateController({ store, writeLimit, maxWriteUnitsPerSecond: 40 });
  });
  const stop = new AbortController();
  const work = controllers.flatMap((controller) =>
    [1, 2, 3].map(async () => {
      while (!stop.signal.aborted) await controller.write(1, stop.signal, async () => ({ writeUnits: 1 }));
    }),
  );
  await vi.waitFor(
    async () => {
      const report = await controllers[0]?.report();
      expect(report).toMatchObject({ maxWriteUnitsPerSecond: 40, limitedBy: 'budget' });
      expect(report?.writeUnitsPerSecond).toBeGreaterThan(20);
    },
    { timeout: 20_000, interval: 200 },
  );
  expect(await one.samples()).toHaveLength(2);
  stop.abort();
  await Promise.allSettled(work);
  for (const controller of controllers) controller.close();
});

test('the ramp begins once for all', async () => {
  const [one, other] = openStores(2);
  expect(await one?.rampAge()).toBe(0);
  await vi.waitFor(async () => expect(await other?.rampAge()).toBeGreaterThan(0), 20_000);
});

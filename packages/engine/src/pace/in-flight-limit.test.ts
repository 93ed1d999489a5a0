import { expect, test } from 'vitest';

import { InFlightLimit } from './in-flight-limit.ts';

test('a throttle takes a part of the limit away, those that come with it no more', () => {
  let now = 0;
  const limit = new InFlightLimit(100, () => now);
  limit.throttled();
  limit.throttled();
  expect(limit.limit).toBe(70);
  now = 600;
  limit.throttled();
  expect(limit.limit).toBe(49);
});

test('it never ends at nothing, and comes back to its ceiling as time goes on', () => {
  let now = 0;
  const limit = new InFlightLimit(10, () => now);
  for (; now < 100_000; now += 1_000) limit.throttled();
  expect(limit.limit).toBe(1);
  expect(limit.tryEnter()).toBe(true);
  now += 15_000;
  limit.leave();
  expect(limit.limit).toBeGreaterThan(4);
  expect(limit.limit).toBeLessThan(10);
  limit.tryEnter();
  now += 60_000;
  limit.leave();
  expect(limit.limit).toBe(10);
});

test('who waits goes on in order as others leave; who is aborted leaves the row', async () => {
  const limit = new InFlightLimit(1);
  expect(limit.tryEnter()).toBe(true);
  const order: string[] = [];
  const aborted = new AbortController();
  const first = limit.enter().then(() => order.push('first'));
  const second = limit.enter(aborted.signal);
  const third = limit.enter().then(() => order.push('third'));
  aborted.abort();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
  limit.leave();
  await first;
  limit.leave();
  await third;
  expect(order).toEqual(['first', 'third']);
});

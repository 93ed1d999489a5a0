import { expect, onTestFinished, test, vi } from 'vitest';

import { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';

/** A second of writes of which so many in a hundred are throttled once. */
function aSecond(limit: AdaptiveConcurrencyLimit, clock: { now: number }, throttledOf100: number): void {
  for (let call = 0; call < 100; call += 1) {
    clock.now += 10;
    limit.tryAcquire();
    if (call < throttledOf100) limit.throttled();
    limit.completed();
    limit.release();
  }
}

function open(ceiling: number): { limit: AdaptiveConcurrencyLimit; clock: { now: number } } {
  const clock = { now: 0 };
  return { limit: new AdaptiveConcurrencyLimit(ceiling, () => clock.now), clock };
}

test('the more is throttled, the fewer are let through, down to one', () => {
  const few = open(100);
  const many = open(100);
  aSecond(few.limit, few.clock, 10);
  aSecond(many.limit, many.clock, 100);
  expect(few.limit.limit).toBeLessThan(95);
  expect(many.limit.limit).toBeLessThan(few.limit.limit);
  for (let more = 0; more < 20; more += 1) aSecond(many.limit, many.clock, 100);
  expect(many.limit.limit).toBe(1);
});

test('a hot key in a table with room costs nothing to speak of', () => {
  const { limit, clock } = open(100);
  for (let more = 0; more < 20; more += 1) aSecond(limit, clock, 1);
  expect(limit.limit).toBeGreaterThan(80);
});

test('it comes back to its ceiling as time goes on without', () => {
  const { limit, clock } = open(100);
  for (let more = 0; more < 10; more += 1) aSecond(limit, clock, 100);
  for (let more = 0; more < 15; more += 1) aSecond(limit, clock, 0);
  expect(limit.limit).toBeGreaterThan(40);
  expect(limit.limit).toBeLessThan(70);
  for (let more = 0; more < 30; more += 1) aSecond(limit, clock, 0);
  expect(limit.limit).toBe(100);
});

test('waiters acquire in order as others release; an aborted one passes its place on', async () => {
  const limit = new AdaptiveConcurrencyLimit(1);
  expect(limit.tryAcquire()).toBe(true);
  const order: string[] = [];
  const aborted = new AbortController();
  const first = limit.acquire().then(() => order.push('first'));
  const second = limit.acquire(aborted.signal);
  const third = limit.acquire().then(() => order.push('third'));
  aborted.abort();
  limit.release();
  await first;
  limit.release();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
  await third;
  expect(order).toEqual(['first', 'third']);
});

test('slots are held back only while throttling keeps work waiting for them', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const limit = new AdaptiveConcurrencyLimit(4);
  for (let slot = 0; slot < 4; slot += 1) limit.tryAcquire();
  const waiting = limit.acquire();
  expect(limit.heldBack.value).toBe(0);
  vi.advanceTimersByTime(600);
  limit.throttled();
  expect(limit.limit).toBe(2);
  expect(limit.heldBack.value).toBe(2);
  vi.advanceTimersByTime(100);
  expect(limit.heldBack.drain()).toBe(200);
  for (let slot = 0; slot < 3; slot += 1) limit.release();
  await waiting;
  expect(limit.heldBack.value).toBe(0);
});

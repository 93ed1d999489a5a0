import { expect, test } from 'vitest';

import { nextRate } from './next-rate.ts';

/** The rate after rounds a quarter of a second apart, each with so many entries processed until then. */
function after(counts: readonly number[]) {
  let rate = nextRate(undefined, 0, 0);
  for (const [round, processed] of counts.entries()) rate = nextRate(rate, processed, (round + 1) * 250);
  return rate;
}

test('a steady run has its rate', () => {
  const steady = Array.from({ length: 200 }, (_, round) => (round + 1) * 25);
  expect(after(steady).perSecond).toBeCloseTo(100, 5);
});

test('ten seconds without a commit are a rate of 0, whatever it was', () => {
  const counts = [
    ...Array.from({ length: 40 }, (_, round) => (round + 1) * 25),
    ...Array<number>(41).fill(1_000),
  ];
  expect(after(counts.slice(0, 79)).perSecond).toBeGreaterThan(0);
  expect(after(counts).perSecond).toBe(0);
});

test('a page after a standstill counts over all of its time', () => {
  const counts = [...Array<number>(119).fill(0), 300];
  expect(after(counts).perSecond).toBeCloseTo(10, 5);
});

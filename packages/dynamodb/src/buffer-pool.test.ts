import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { BufferPool } from './buffer-pool.ts';

test('what is in use is never given out, and is large enough', () => {
  // Above zero: a body of so many bytes is taken; below: one that is in use is given back.
  const steps = array(
    integer({ min: -20, max: 1_500_000 }).map((step) => (step > 20 ? step : step % 20)),
    { maxLength: 60 },
  );
  assert(
    property(steps, (all) => {
      const bodies = new BufferPool();
      const inUse: Buffer[] = [];
      let [large, apart] = [true, true];
      for (const step of all) {
        if (step > 0) {
          const memory = bodies.take(step);
          large &&= memory.length >= step;
          apart &&= inUse.every((other) => other.buffer !== memory.buffer);
          inUse.push(memory);
        } else {
          const [memory] = inUse.splice(-step % Math.max(1, inUse.length), 1);
          if (memory !== undefined) bodies.giveBack(memory);
        }
      }
      expect({ large, apart }).toEqual({ large: true, apart: true });
    }),
    { numRuns: 200 },
  );
});

test('what was given back last is given out next, where it fits', () => {
  const bodies = new BufferPool();
  const [small, large] = [bodies.take(2_000), bodies.take(60_000)];
  bodies.giveBack(small);
  bodies.giveBack(large);
  expect(bodies.take(70_000)).not.toBe(large);
  expect(bodies.take(59_000)).toBe(large);
  expect(bodies.take(3_000)).toBe(small);
});

test('what is kept has a bound', () => {
  const bodies = new BufferPool();
  const all = Array.from({ length: 100 }, () => bodies.take(900_000));
  for (const memory of all) bodies.giveBack(memory);
  const kept = Array.from({ length: 100 }, () => bodies.take(900_000)).filter((memory) =>
    all.includes(memory),
  );
  expect(kept.length).toBe(16);
});

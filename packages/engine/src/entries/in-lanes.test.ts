import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inLanes } from './in-lanes.ts';

test('everything is done once, in order of its beginning, and never more at once than there are lanes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 12 }), fc.scheduler(), async (count, lanes, s) => {
      const begun: number[] = [];
      let atOnce = 0;
      let most = 0;
      const all = inLanes(count, lanes, async (index) => {
        begun.push(index);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await s.schedule(Promise.resolve());
        atOnce -= 1;
      });
      await s.waitFor(all);
      expect(begun).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(most).toBe(Math.min(count, lanes));
    }),
  );
});

test('after a failure nothing else begins, what has begun is waited for, and the first failure is thrown', async () => {
  const slow = Promise.withResolvers<void>();
  const begun: number[] = [];
  let ended = false;
  const all = inLanes(100, 3, async (index) => {
    begun.push(index);
    if (index === 0) await slow.promise;
    if (index === 2) throw new Error('a later one');
    if (index === 1) throw new Error('the first');
  }).finally(() => (ended = true));
  all.catch(() => undefined);
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  slow.resolve();
  await expect(all).rejects.toThrow('the first');
  expect(begun).toEqual([0, 1, 2]);
});

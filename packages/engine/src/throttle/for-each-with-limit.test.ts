import fc from 'fast-check';
import { expect, test } from 'vitest';

import { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';
import { forEachWithLimit } from './for-each-with-limit.ts';

test('everything is done once, in order of its beginning, and never more at once than there are slots', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 12 }), fc.scheduler(), async (count, slots, s) => {
      const begun: number[] = [];
      let atOnce = 0;
      let most = 0;
      const all = forEachWithLimit(new AdaptiveConcurrencyLimit(slots), count, async (index) => {
        begun.push(index);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await s.schedule(Promise.resolve());
        atOnce -= 1;
      });
      await s.waitFor(all);
      expect(begun).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(most).toBe(Math.min(count, slots));
    }),
  );
});

test('pages share the slots: none waits until another is done, and all slots are free again in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      fc.scheduler(),
      async (pages, count, s) => {
        const slots = new AdaptiveConcurrencyLimit(count);
        let atOnce = 0;
        const done = pages.map(() => 0);
        const all = pages.map((size, page) =>
          forEachWithLimit(slots, size, async () => {
            atOnce += 1;
            expect(atOnce).toBeLessThanOrEqual(count);
            await s.schedule(Promise.resolve());
            atOnce -= 1;
            done[page]! += 1;
          }),
        );
        await s.waitFor(Promise.all(all));
        expect(done).toEqual(pages);
        for (let slot = 0; slot < count; slot += 1) expect(slots.tryAcquire()).toBe(true);
        expect(slots.tryAcquire()).toBe(false);
      },
    ),
  );
});

test('after a failure nothing else begins, what has begun is waited for, and the first failure is thrown', async () => {
  const slow = Promise.withResolvers<void>();
  const begun: number[] = [];
  let ended = false;
  const all = forEachWithLimit(new AdaptiveConcurrencyLimit(3), 100, async (index) => {
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

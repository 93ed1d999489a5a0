import { setTimeout as pause } from 'node:timers/promises';

import { expect, onTestFinished, test, vi } from 'vitest';

import { createMemoryPaceStore } from './memory-pace-store.ts';
import { Pace, type PaceOptions } from './pace.ts';
import type { PaceStore } from './pace-store.ts';

function openPace(options: Partial<PaceOptions> & { store: PaceStore }): Pace {
  const pace = new Pace({ writeConcurrency: 64, ...options });
  onTestFinished(() => pace.close());
  return pace;
}

/** Writes of 3 units from several processes until the budget has been asked for so many units; the moments of all. */
async function writeThrough(paces: readonly Pace[], units: number): Promise<{ at: number; units: number }[]> {
  const done: { at: number; units: number }[] = [];
  let left = units;
  const write = async (pace: Pace): Promise<void> => {
    while (left > 0) {
      left -= 3;
      await pace.write(3, undefined, async () => {
        done.push({ at: performance.now(), units: 3 });
        return { writeUnits: 3 };
      });
    }
  };
  await Promise.all(paces.flatMap((pace) => Array.from({ length: 10 }, () => write(pace))));
  return done;
}

test('the budget holds over all processes together', async () => {
  const store = createMemoryPaceStore();
  const paces = [1, 2, 3].map(() => openPace({ store, maxWriteUnitsPerSecond: 300 }));
  const writes = await writeThrough(paces, 1_200);
  for (const [index, { at }] of writes.entries()) {
    const within = writes.slice(index).filter((write) => write.at < at + 2_000);
    const used = within.reduce((sum, { units }) => sum + units, 0);
    expect(used).toBeLessThanOrEqual(2 * 300 * 1.13);
  }
});

test('what was used beyond the estimate is taken from those who come after', async () => {
  const store = createMemoryPaceStore();
  const taken = vi.spyOn(store, 'take');
  const pace = openPace({ store, maxWriteUnitsPerSecond: 100 });
  await pace.write(1, undefined, async () => ({ writeUnits: 90 }));
  await pace.write(1, undefined, async () => ({ writeUnits: 1 }));
  const granted = await Promise.all(taken.mock.results.map(({ value }) => value));
  expect(granted.reduce((sum, grant) => sum + grant.granted, 0)).toBeGreaterThanOrEqual(91);
});

test('a write larger than what a second gives goes through', async () => {
  const pace = openPace({ store: createMemoryPaceStore(), maxWriteUnitsPerSecond: 2 });
  const write = pace.write(3, undefined, async () => ({ writeUnits: 3 }));
  expect(await write).toEqual({ writeUnits: 3 });
});

test('what a person sets beats the configuration, and null takes the budget away', async () => {
  const store = createMemoryPaceStore();
  const pace = openPace({ store, maxWriteUnitsPerSecond: 1 });
  expect((await pace.report()).maxWriteUnitsPerSecond).toBe(1);
  await pace.setMaximum(500);
  expect((await pace.report()).maxWriteUnitsPerSecond).toBe(500);
  const waiting = pace.write(1_000_000, undefined, async () => ({ writeUnits: 1 }));
  await pace.setMaximum(null);
  await waiting;
  expect((await pace.report()).maxWriteUnitsPerSecond).toBeNull();
});

test('who waits for the budget is let go by an abort', async () => {
  const pace = openPace({ store: createMemoryPaceStore(), maxWriteUnitsPerSecond: 1 });
  const stop = new AbortController();
  const waiting = pace.write(1_000, stop.signal, async () => ({ writeUnits: 1 }));
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a store that does not answer stops the first write with a reason', async () => {
  const store = { ...createMemoryPaceStore(), maximum: () => Promise.reject(new Error('away')) };
  const pace = openPace({ store });
  await expect(pace.write(1, undefined, async () => ({ writeUnits: 1 }))).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
  });
});

test.each([
  ['budget', { maxWriteUnitsPerSecond: 50 }, {}],
  ['throttled', {}, { throttles: true }],
  ['source', {}, { reads: true }],
  ['workers', {}, { slow: true }],
] as const)(
  'it says when it is limited by: %s',
  async (
    expected,
    options,
    {
      throttles,
      reads,
      slow,
    }: {
      throttles?: boolean;
      reads?: boolean;
      slow?: boolean;
    },
  ) => {
    const pace = openPace({ store: createMemoryPaceStore(), writeConcurrency: 16, ...options });
    let over = false;
    const write = async (): Promise<void> => {
      while (!over) {
        await pace.write(3, undefined, async () => {
          if (throttles === true) pace.retried({ code: 'THROTTLED', delayMs: 0 });
          await pause(slow === true || throttles === true ? 20 : 1);
          return { writeUnits: 3 };
        });
      }
    };
    const read = async (): Promise<void> => {
      while (!over)
        await pace.read(
          1,
          undefined,
          () => pause(50),
          () => 1,
        );
    };
    const work = reads === true ? [read()] : Array.from({ length: 16 }, write);
    await vi.waitFor(async () => expect((await pace.report()).limitedBy).toBe(expected), {
      timeout: 20_000,
      interval: 100,
    });
    over = true;
    await pace.setMaximum(null);
    await Promise.all(work);
  },
);

test('reads begin at 500 a second where the ramp is on', async () => {
  const store = createMemoryPaceStore();
  const taken = vi.spyOn(store, 'take');
  const pace = openPace({ store, rampReads: true });
  await pace.read(
    10,
    undefined,
    async () => 'page',
    () => 10,
  );
  expect(taken).toHaveBeenCalledWith('reads', expect.any(Number), 500);
  vi.spyOn(store, 'rampAge').mockResolvedValue(11 * 60_000);
  await pace.setMaximum(null);
  await pace.read(
    100,
    undefined,
    async () => 'page',
    () => 100,
  );
  expect(taken).toHaveBeenLastCalledWith('reads', expect.any(Number), 1_125);
});

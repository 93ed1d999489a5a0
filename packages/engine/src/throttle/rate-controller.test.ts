import { setTimeout as pause } from 'node:timers/promises';

import { expect, onTestFinished, test, vi } from 'vitest';

import { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';
import { createMemoryRateLimit } from './memory-rate-limit.ts';
import { RateController, type RateControllerOptions } from './rate-controller.ts';
import type { SharedRateLimit } from './shared-rate-limit.ts';

function openController(
  options: Partial<RateControllerOptions> & { store: SharedRateLimit },
): RateController {
  const controller = new RateController({ writeLimit: new AdaptiveConcurrencyLimit(64), ...options });
  onTestFinished(() => controller.close());
  return controller;
}

/** Writes of 3 units from several processes until the budget has been asked for so many units; the moments of all. */
async function writeThrough(
  controllers: readonly RateController[],
  units: number,
): Promise<{ at: number; units: number }[]> {
  const done: { at: number; units: number }[] = [];
  let left = units;
  const write = async (controller: RateController): Promise<void> => {
    while (left > 0) {
      left -= 3;
      await controller.write(3, undefined, async () => {
        done.push({ at: performance.now(), units: 3 });
        return { writeUnits: 3 };
      });
    }
  };
  await Promise.all(controllers.flatMap((controller) => Array.from({ length: 10 }, () => write(controller))));
  return done;
}

test('the budget holds over all processes together', async () => {
  const store = createMemoryRateLimit();
  const controllers = [1, 2, 3].map(() => openController({ store, maxWriteUnitsPerSecond: 300 }));
  const writes = await writeThrough(controllers, 1_200);
  for (const [index, { at }] of writes.entries()) {
    const within = writes.slice(index).filter((write) => write.at < at + 2_000);
    const used = within.reduce((sum, { units }) => sum + units, 0);
    expect(used).toBeLessThanOrEqual(2 * 300 * 1.13);
  }
});

test('what was used beyond the estimate is taken from those who come after', async () => {
  const store = createMemoryRateLimit();
  const taken = vi.spyOn(store, 'take');
  const controller = openController({ store, maxWriteUnitsPerSecond: 100 });
  await controller.write(1, undefined, async () => ({ writeUnits: 90 }));
  await controller.write(1, undefined, async () => ({ writeUnits: 1 }));
  const granted = await Promise.all(taken.mock.results.map(({ value }) => value));
  expect(granted.reduce((sum, grant) => sum + grant.granted, 0)).toBeGreaterThanOrEqual(91);
});

test('a write larger than what a second gives goes through', async () => {
  const controller = openController({ store: createMemoryRateLimit(), maxWriteUnitsPerSecond: 2 });
  const write = controller.write(3, undefined, async () => ({ writeUnits: 3 }));
  expect(await write).toEqual({ writeUnits: 3 });
});

test('what a person sets beats the configuration, and null takes the budget away', async () => {
  const store = createMemoryRateLimit();
  const controller = openController({ store, maxWriteUnitsPerSecond: 1 });
  expect((await controller.report()).maxWriteUnitsPerSecond).toBe(1);
  await controller.setMaximum(500);
  expect((await controller.report()).maxWriteUnitsPerSecond).toBe(500);
  const waiting = controller.write(1_000_000, undefined, async () => ({ writeUnits: 1 }));
  await controller.setMaximum(null);
  await waiting;
  expect((await controller.report()).maxWriteUnitsPerSecond).toBeNull();
});

test('an abort ends the wait for the budget', async () => {
  const controller = openController({ store: createMemoryRateLimit(), maxWriteUnitsPerSecond: 1 });
  const stop = new AbortController();
  const waiting = controller.write(1_000, stop.signal, async () => ({ writeUnits: 1 }));
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a store that does not answer stops the first write with a reason', async () => {
  const store = { ...createMemoryRateLimit(), maximum: () => Promise.reject(new Error('away')) };
  const controller = openController({ store });
  await expect(controller.write(1, undefined, async () => ({ writeUnits: 1 }))).rejects.toMatchObject({
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
    const writeLimit = new AdaptiveConcurrencyLimit(16);
    const controller = openController({ store: createMemoryRateLimit(), writeLimit, ...options });
    let over = false;
    const write = async (): Promise<void> => {
      while (!over) {
        await writeLimit.acquire();
        await controller.write(3, undefined, async () => {
          if (throttles === true) controller.retried({ code: 'THROTTLED', delayMs: 0 });
          await pause(slow === true || throttles === true ? 20 : 1);
          return { writeUnits: 3 };
        });
        writeLimit.release();
      }
    };
    const read = async (): Promise<void> => {
      while (!over)
        await controller.read(
          1,
          undefined,
          () => pause(50),
          () => 1,
        );
    };
    const work = reads === true ? [read()] : Array.from({ length: 16 }, write);
    await vi.waitFor(async () => expect((await controller.report()).limitedBy).toBe(expected), {
      timeout: 20_000,
      interval: 100,
    });
    over = true;
    await controller.setMaximum(null);
    await Promise.all(work);
  },
);

test('reads begin at 500 a second where the ramp is on', async () => {
  const store = createMemoryRateLimit();
  const taken = vi.spyOn(store, 'take');
  const controller = openController({ store, rampReads: true });
  await controller.read(
    10,
    undefined,
    async () => 'page',
    () => 10,
  );
  expect(taken).toHaveBeenCalledWith('reads', expect.any(Number), 500);
  vi.spyOn(store, 'rampAge').mockResolvedValue(11 * 60_000);
  await controller.setMaximum(null);
  await controller.read(
    100,
    undefined,
    async () => 'page',
    () => 100,
  );
  expect(taken).toHaveBeenLastCalledWith('reads', expect.any(Number), 1_125);
});

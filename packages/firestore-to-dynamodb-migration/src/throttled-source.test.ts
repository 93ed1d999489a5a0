import { startFirestoreProxy } from '@migrator/devkit';
import { expect, inject, test, vi } from 'vitest';

import { days, openTestEnvironment } from './test-support/open-test-environment.ts';

test.concurrent.each(['inProcess', 'overQueue'] as const)(
  '%s: while Firestore throttles the call rejects in time with its words, and nothing starts when it is back',
  async (way) => {
    await using proxy = await startFirestoreProxy({
      emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST,
    });
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(3));
    const env = { ...environment.env, FIRESTORE_EMULATOR_HOST: proxy.emulatorHost };
    proxy.always('resource-exhausted');
    await expect(environment[way]({ env })).rejects.toMatchObject({ code: 'SOURCE_THROTTLED' });
    proxy.always(undefined);
    const queue = await environment.openQueue();
    const none = await queue.ledger.list('migration', { limit: 1 });
    expect(none.operations).toEqual([]);
    expect(await environment.countItems()).toBe(0);
    const result = await environment[way]({ env });
    expect(result).toMatchObject({ state: 'completed', stats: { createdCount: 3 } });
  },
);

test.concurrent('an application that stops waiting while Firestore throttles starts nothing', async () => {
  await using proxy = await startFirestoreProxy({
    emulatorHost: inject('services').FIRESTORE_EMULATOR_HOST,
  });
  await using environment = await openTestEnvironment();
  await environment.fill('ann', days(3));
  proxy.always('resource-exhausted');
  const stop = new AbortController();
  const env = { ...environment.env, FIRESTORE_EMULATOR_HOST: proxy.emulatorHost };
  const call = environment.overQueue({ env, signal: stop.signal });
  call.catch(() => undefined);
  await vi.waitFor(() => expect(proxy.faults.total).toBeGreaterThan(0), { timeout: 20_000 });
  stop.abort();
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
  proxy.always(undefined);
  const queue = await environment.openQueue();
  expect((await queue.ledger.list('migration', { limit: 1 })).operations).toEqual([]);
});

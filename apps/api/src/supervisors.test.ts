import { startSupervisor } from '@migrator/engine';
import { expect, test, vi } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';

test("a pause of the queue that another process takes back at once is no operator's", async () => {
  await using environment = await openTestEnvironment({
    env: { MAX_WRITE_UNITS_PER_SECOND: '60', USER_CONCURRENCY: '1' },
  });
  const { context, firestore } = environment;
  const writer = firestore.bulkWriter();
  for (let day = 0; day < 2_000; day += 1)
    void writer.set(firestore.doc(`users/ann/trading-journal/day-${day}`), { day });
  await writer.close();
  const current = async (): Promise<unknown> =>
    at((await environment.call('GET /status')).body, 'currentStatus');
  await environment.call('POST /start', { body: { verify: false } });
  await vi.waitFor(async () => expect(at(await current(), 'progress.processed')).toBeGreaterThan(0), 30_000);

  const { tasks } = context.queues;
  let isFirst = true;
  const dispatcher: typeof context.dispatcher = {
    ...context.dispatcher,
    async isPaused() {
      if (!isFirst) return await context.dispatcher.isPaused();
      isFirst = false;
      await tasks.pause();
      const isPaused = await context.dispatcher.isPaused();
      await tasks.resume();
      return isPaused;
    },
  };
  const errors: unknown[] = [];
  const supervisor = startSupervisor({ ...context, dispatcher }, (error) => errors.push(error));
  await vi.waitUntil(() => !isFirst, 30_000);
  await supervisor.stop();
  expect(errors).toEqual([]);
  expect(await current()).toMatchObject({ state: 'migrating' });
  await environment.call('POST /cancel');
  await vi.waitFor(async () => expect(await current()).toMatchObject({ state: 'idle' }), 30_000);
});

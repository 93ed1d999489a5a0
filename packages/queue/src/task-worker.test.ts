import { randomUUID } from 'node:crypto';

import { sampleBinding } from '@migrator/devkit';
import { createMemoryLedger, type EngineContext } from '@migrator/engine';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { BindingGuard } from './binding-guard.ts';
import { connectRedis } from './connect-redis.ts';
import { openQueues } from './migration-queues.ts';
import { createQueueDispatcher } from './queue-dispatcher.ts';
import { closeRedis } from './redis-connection.ts';
import { startTaskWorker } from './task-worker.ts';

const ignore = (): void => undefined;
const operationId = 'mig_2026-05-01T10-11-12-345Z';

// With one at once the last task to end finds the queue empty; with three it was found empty before.
test.for([1, 3])('a worker without any task left wakes the coordinator: %i at once', async (concurrency) => {
  const prefix = `{test-${randomUUID()}}`;
  const redis = connectRedis({ url: inject('services').REDIS_URL }, 'queue', ignore);
  const queues = openQueues(redis, prefix, ignore);
  const dispatcher = createQueueDispatcher(queues);
  const { coordinators } = queues;
  const wakes = vi.spyOn(dispatcher, 'wakeCoordinator');
  await coordinators.add(operationId, { operationId }, { delay: 3_600_000 });
  await dispatcher.dispatch(operationId, ['user:ann', 'user:bob']);

  // The ledger does not know the operation, so a task ends at its start: once each gate is open.
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ledger = createMemoryLedger();
  let started = 0;
  const context = {
    ledger,
    dispatcher,
    settings: {},
    async binding() {
      await gates[started++]?.promise;
      return sampleBinding;
    },
  } as unknown as EngineContext & { dispatcher: typeof dispatcher };
  const stop = new AbortController();
  const guard = new BindingGuard(context, undefined);
  const { worker, running } = startTaskWorker(context, {
    redis,
    prefix,
    stop: stop.signal,
    guard,
    onError: ignore,
    concurrency,
  });
  onTestFinished(async () => {
    for (const gate of gates) gate.resolve();
    await worker.close();
    await queues.close();
    await redis.unlink(...(await redis.keys(`${prefix}:*`)), 'nothing');
    await closeRedis(redis);
  });

  const atOnce = Math.min(2, concurrency);
  await vi.waitFor(() => {
    expect(running()).toBe(atOnce);
    expect(worker.foundQueueEmpty).toBe(concurrency > 2);
  });
  gates[0]?.resolve();
  await vi.waitFor(() => {
    expect(started).toBe(2);
    expect(running()).toBe(1);
  });
  expect(wakes).not.toHaveBeenCalled();
  expect(await coordinators.getDelayedCount()).toBe(1);
  gates[1]?.resolve();
  await vi.waitFor(async () => expect(await coordinators.getWaitingCount()).toBe(1));
});

import { setTimeout as delay } from 'node:timers/promises';

import { type CoordinatorContext, type EngineContext, startSupervisor } from '@migrator/engine';
import type { Telemetry } from 'bullmq';

import type { RedisConnection } from './connect-redis.ts';
import { forceDisconnect } from './force-disconnect.ts';
import { BindingGuard } from './binding-guard.ts';
import { startCoordinatorWorker } from './coordinator-worker.ts';
import { startTaskWorker } from './task-worker.ts';
import { toRedisError } from './redis-errors.ts';
import type { OnWorkEvent } from './work-events.ts';
import { createWorkerRegistry } from './worker-registry.ts';

/** So long running pages may take to finish or to be handed back when the process stops. */
const graceMs = 8_000;

/** Both workers of one process: for coordinators and for users. */
export function startWorkers(
  context: CoordinatorContext & EngineContext,
  options: {
    redis: RedisConnection;
    prefix: string;
    concurrency: number;
    onError: (error: Error) => void;
    onWork?: OnWorkEvent;
    telemetry?: Telemetry;
  },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const onError = (error: Error): void => options.onError(toRedisError(error, options.redis) ?? error);
  const disconnectRedis = forceDisconnect(options.redis);
  const guard = new BindingGuard(context, options.onWork);
  const tasks = startTaskWorker(context, { ...options, onError, guard, stop: stopping.signal });
  const workers = [
    tasks.worker,
    startCoordinatorWorker(context, { ...options, onError, guard, stop: stopping.signal }),
  ];
  const supervisor = startSupervisor(context, { onError: () => undefined });
  const registration = createWorkerRegistry(options.redis, options.prefix).register(() => {
    const { mismatch } = guard;
    return { tasks: tasks.running(), mismatch };
  });
  return {
    async stop() {
      registration.stop();
      guard.stop();
      // First no new job, then the running ones are told: they commit what is done and hand the rest back.
      const closing = Promise.all([...workers.map((worker) => worker.close()), supervisor.stop()]);
      stopping.abort();
      // After `close` has been called: an open worker whose connection has ended asks again without a pause, and nothing
      // else happens in its process.
      if (options.redis.status !== 'ready') await disconnectRedis();
      const limit = new AbortController();
      const late = delay(graceMs, 'late', { signal: limit.signal }).catch(() => 'closed');
      if ((await Promise.race([closing, late])) === 'late') {
        // A page that hangs on a service: its lock expires and another worker goes on from its checkpoint. (To close
        // by force now would be to wait on: BullMQ's second `close` is its first one.)
        await disconnectRedis();
        await Promise.all(workers.map((worker) => worker.abandon()));
      }
      limit.abort();
    },
  };
}

import { type CoordinatorContext, type EngineContext, startSupervisor } from '@migrator/engine';

import { atMost } from './at-most.ts';
import type { WorkerOptions } from './migration-worker.ts';
import { forceDisconnect } from './redis-connection.ts';
import { BindingGuard } from './binding-guard.ts';
import { startCoordinatorWorker } from './coordinator-worker.ts';
import { startTaskWorker } from './task-worker.ts';
import { toRedisError } from './redis-errors.ts';
import { createWorkerRegistry } from './worker-registry.ts';

/** Milliseconds for running pages to finish, or their tasks to be requeued, when the process stops. */
const graceMs = 8_000;

/** Starts both workers of one process: for coordinators and for tasks. */
export function startWorkers(
  context: CoordinatorContext & EngineContext,
  options: Omit<WorkerOptions, 'stop' | 'guard'> & { readonly concurrency: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const onError = (error: Error): void => options.onError(toRedisError(error, options.redis) ?? error);
  const disconnectRedis = forceDisconnect(options.redis);
  const guard = new BindingGuard(context, options.onWork);
  const all = { ...options, onError, guard, stop: stopping.signal };
  const tasks = startTaskWorker(context, all);
  const workers = [tasks.worker, startCoordinatorWorker(context, all)];
  const supervisor = startSupervisor(context, () => undefined);
  const registry = createWorkerRegistry(options.redis, options.prefix);
  const registration = registry.register(() => ({ tasks: tasks.running(), mismatch: guard.mismatch }));
  return {
    async stop() {
      registration.stop();
      guard.stop();
      // First fetch no new jobs, then stop the running ones: they commit finished pages and requeue their tasks.
      const closing = Promise.all([...workers.map((worker) => worker.close()), supervisor.stop()]);
      stopping.abort();
      // Only after `close`: a worker that is open when its connection ends retries in a busy loop.
      if (options.redis.status !== 'ready') await disconnectRedis();
      if (!(await atMost(graceMs, closing))) {
        // A page hangs on a service. Its lock expires, and another worker continues from its checkpoint. (A second,
        // forced `close` would only return BullMQ's first one.)
        await disconnectRedis();
        await Promise.all(workers.map((worker) => worker.abandon()));
      } else await closing;
    },
  };
}

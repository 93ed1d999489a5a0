import { type CoordinatorContext, type EngineContext, startSupervisor } from '@migrator/engine';

import { atMost } from './at-most.ts';
import type { WorkerOptions } from './migration-worker.ts';
import { forceDisconnect } from './redis-connection.ts';
import { BindingGuard } from './binding-guard.ts';
import { startCoordinatorWorker } from './coordinator-worker.ts';
import { startTaskWorker } from './task-worker.ts';
import { toRedisError } from './redis-errors.ts';
import { createWorkerRegistry } from './worker-registry.ts';

/** So long running pages may take to finish or to be handed back when the process stops. */
const graceMs = 8_000;

/** Both workers of one process: for coordinators and for users. */
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
      // First no new job, then the running ones are told: they commit what is done and hand the rest back.
      const closing = Promise.all([...workers.map((worker) => worker.close()), supervisor.stop()]);
      stopping.abort();
      // After `close` has been called: an open worker whose connection has ended asks again without a pause, and nothing
      // else happens in its process.
      if (options.redis.status !== 'ready') await disconnectRedis();
      if (!(await atMost(graceMs, closing))) {
        // A page that hangs on a service: its lock expires and another worker goes on from its checkpoint. (To close
        // by force now would be to wait on: BullMQ's second `close` is its first one.)
        await disconnectRedis();
        await Promise.all(workers.map((worker) => worker.abandon()));
      } else await closing;
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';

import type { CoordinatorContext } from '@migrator/engine';
import type { Redis } from 'ioredis';

import { startCoordinatorWorker } from './coordinator-worker.ts';
import { startUnitWorker } from './unit-worker.ts';

/** So long running pages may take to finish or to be handed back when the process stops. */
const graceMs = 8_000;

/** Both workers of one process: for coordinators and for users. */
export function startWorkers(
  context: CoordinatorContext,
  options: { redis: Redis; prefix: string; concurrency: number; onError: (error: Error) => void },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const workers = [
    startUnitWorker(context, { ...options, stop: stopping.signal }),
    startCoordinatorWorker(context, options),
  ];
  return {
    async stop() {
      // First no new job, then the running ones are told: they commit what is done and hand the rest back.
      const closing = Promise.all(workers.map((worker) => worker.close()));
      stopping.abort();
      const limit = new AbortController();
      const late = delay(graceMs, 'late', { signal: limit.signal }).catch(() => 'closed');
      if ((await Promise.race([closing, late])) === 'late') {
        // A page that hangs on a service, or a Redis that is gone: its lock expires and another worker goes on from its
        // checkpoint. (A second `close`, forced or not, is the first one, which waits on.)
        await Promise.allSettled(workers.map((worker) => worker.disconnect()));
      }
      limit.abort();
    },
  };
}

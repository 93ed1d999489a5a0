import { type Dispatcher, MigrationError, type Operation } from '@migrator/core';
import pLimit from 'p-limit';

import { coordinate } from './coordinator/coordinate.ts';
import { Supervisor } from './coordinator/supervisor.ts';
import type { CoordinatorContext, EngineContext } from './engine-context.ts';
import { joinSignals } from './join-signals.ts';
import { AttemptWatcher } from './leases/attempt-watcher.ts';
import { runTask } from './tasks/run-task.ts';

const attemptsPerTask = 3;

/**
 * Runs an operation to its end in this process, without a queue: the same rounds and tasks, with the context's
 * ledger.
 */
export async function runInProcess(
  context: EngineContext,
  operationId: string,
  options: { usersAtOnce: number; signal: AbortSignal },
): Promise<Operation> {
  const pool = pLimit(options.usersAtOnce);
  const watcher = new AttemptWatcher(context.ledger);
  const stop = new AbortController();
  using joined = joinSignals(options.signal, stop.signal);
  const { signal } = joined;
  const working = new Set<Promise<void>>();
  let paused = false;
  /** Tasks that wait or run. Dispatching one of them again has no effect. */
  const dispatched = new Set<string>();

  const work = async (id: string, task: string): Promise<void> => {
    for (let attempt = 1; attempt <= attemptsPerTask && !paused && !signal.aborted; attempt += 1) {
      try {
        await runTask(context, id, task, {
          signal,
          watcher,
          lastAttempt: attempt === attemptsPerTask,
          reopen: false,
          // The ledger ends with its process, so there are no earlier jobs.
          isolated: true,
          onProgress: () => undefined,
          onEvent: () => undefined,
        });
        return;
      } catch {
        // The task has recorded itself as queued; the next attempt continues from its checkpoint.
      }
    }
  };

  const begin = async (id: string, task: string): Promise<void> => {
    const begun = work(id, task);
    working.add(begun);
    await begun;
    working.delete(begun);
  };

  const dispatcher: Dispatcher = {
    async dispatch(id, tasks) {
      for (const task of tasks) {
        const key = `${id} ${task}`;
        if (dispatched.has(key)) continue;
        dispatched.add(key);
        void pool(() => begin(id, task)).finally(() => dispatched.delete(key));
      }
    },
    async coordinate() {},
    async wakeCoordinator() {},
    async isPaused() {
      return paused;
    },
    async load() {
      return { waiting: pool.pendingCount, active: pool.activeCount };
    },
    async pause() {
      paused = true;
    },
    async resume() {
      paused = false;
    },
    async discard() {
      pool.clearQueue();
      dispatched.clear();
    },
    async wakeOverdue() {},
  };
  const coordinator: CoordinatorContext = { ...context, dispatcher, now: () => new Date() };
  const supervisor = new Supervisor(coordinator, 500);
  try {
    for (;;) {
      if (options.signal.aborted) throw new MigrationError('ABORTED', 'the migration was stopped');
      const round = await coordinate(coordinator, operationId, options.signal);
      if (round.ended) break;
      await supervisor.tick();
      await new Promise((resolve) => setTimeout(resolve, Math.min(round.delayMs, 50)));
    }
  } finally {
    pool.clearQueue();
    await dispatcher.pause();
    // After the caller learns of the end nothing may be written.
    stop.abort();
    await Promise.all(working);
  }
  const ended = await context.ledger.get(operationId);
  if (ended === undefined) throw new MigrationError('INTERNAL', `the records of ${operationId} are missing`);
  return ended;
}

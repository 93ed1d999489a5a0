import { type Dispatcher, MigrationError, type Operation } from '@migrator/core';
import pLimit from 'p-limit';

import { coordinate } from './coordinator/coordinate.ts';
import { Supervisor } from './coordinator/supervisor.ts';
import type { CoordinatorContext, EngineContext } from './engine-context.ts';
import { joinSignals } from './join-signals.ts';
import { AttemptWatcher } from './leases/attempt-watcher.ts';
import { runUnit } from './units/run-unit.ts';

const attemptsPerUnit = 3;

/**
 * Runs an operation to its end in this very process, without a queue: the same rounds, the same units, over whatever
 * ledger the context has.
 */
export async function runInProcess(
  context: EngineContext,
  operationId: string,
  options: { usersAtOnce: number; signal: AbortSignal },
): Promise<Operation> {
  const pool = pLimit(options.usersAtOnce);
  const watcher = new AttemptWatcher(context.ledger);
  const stop = new AbortController();
  const { signal, leave } = joinSignals(options.signal, stop.signal);
  const working = new Set<Promise<void>>();
  let paused = false;
  /** Tasks that wait or run: dispatching one of them twice is dispatching it once. */
  const dispatched = new Set<string>();

  const work = async (id: string, unit: string): Promise<void> => {
    for (let attempt = 1; attempt <= attemptsPerUnit && !paused && !signal.aborted; attempt += 1) {
      try {
        await runUnit(context, id, unit, {
          signal,
          watcher,
          lastAttempt: attempt === attemptsPerUnit,
          reopen: false,
          // A process that ends takes the books along: nothing is known of earlier ones.
          isolated: true,
          onProgress: () => undefined,
          onEvent: () => undefined,
        });
        return;
      } catch {
        // Recorded as handed back by the unit itself; the next attempt goes on from its checkpoint.
      }
    }
  };

  const begin = async (id: string, unit: string): Promise<void> => {
    const begun = work(id, unit);
    working.add(begun);
    await begun;
    working.delete(begun);
  };

  const dispatcher: Dispatcher = {
    async dispatch(id, units) {
      for (const unit of units) {
        const task = `${id} ${unit}`;
        if (dispatched.has(task)) continue;
        dispatched.add(task);
        void pool(() => begin(id, unit)).finally(() => dispatched.delete(task));
      }
    },
    async coordinate() {},
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
  const supervisor = new Supervisor(coordinator, { standstillMs: 500 });
  try {
    for (;;) {
      if (options.signal.aborted)
        throw new MigrationError('ABORTED', 'the migration was stopped from outside');
      const round = await coordinate(coordinator, operationId, options.signal);
      if (round.over) break;
      await supervisor.tick();
      await new Promise((resolve) => setTimeout(resolve, Math.min(round.againMs, 50)));
    }
  } finally {
    pool.clearQueue();
    await dispatcher.pause();
    // Whoever is told that it is over must not find anything written afterwards.
    stop.abort();
    await Promise.all(working);
    leave();
  }
  const ended = await context.ledger.get(operationId);
  if (ended === undefined) throw new MigrationError('INTERNAL', `the books of ${operationId} are gone`);
  return ended;
}

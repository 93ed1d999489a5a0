import { type Dispatcher, MigrationError, type Operation } from '@migrator/core';
import pLimit from 'p-limit';

import { ControlWatcher } from './control-watcher.ts';
import { coordinate } from './coordinator/coordinate.ts';
import { Supervisor } from './coordinator/supervisor.ts';
import type { CoordinatorContext, EngineContext } from './engine-context.ts';
import { joinSignals } from './join-signals.ts';
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
  const watcher = new ControlWatcher(context.ledger);
  let paused = false;
  /** Tasks that wait or run: dispatching one of them twice is dispatching it once. */
  const dispatched = new Set<string>();

  const work = async (id: string, unit: string): Promise<void> => {
    for (let attempt = 1; attempt <= attemptsPerUnit && !paused && !options.signal.aborted; attempt += 1) {
      try {
        await watcher.during(id, async (control) => {
          const { signal, leave } = joinSignals(options.signal, control);
          await runUnit(context, id, unit, {
            signal,
            lastAttempt: attempt === attemptsPerUnit,
            reopen: false,
            // A process that ends takes the books along: nothing is known of earlier ones.
            alone: true,
            onProgress: () => undefined,
            onEvent: () => undefined,
          }).finally(leave);
        });
        return;
      } catch {
        // Recorded as handed back by the unit itself; the next attempt goes on from its checkpoint.
      }
    }
  };

  const dispatcher: Dispatcher = {
    async dispatch(id, units) {
      for (const unit of units) {
        const task = `${id} ${unit}`;
        if (dispatched.has(task)) continue;
        dispatched.add(task);
        void pool(() => work(id, unit)).finally(() => dispatched.delete(task));
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
  }
  const ended = await context.ledger.get(operationId);
  if (ended === undefined) throw new MigrationError('INTERNAL', `the books of ${operationId} are gone`);
  return ended;
}

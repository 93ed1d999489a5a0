import { setTimeout as delay } from 'node:timers/promises';

import type { Control, Operation } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { coordinate } from './coordinate.ts';

/** The reason in the status while an operator has paused the queue on Bull Board. */
export const pausedAtQueue = 'paused on Bull Board; resume it there or with POST /resume';

/** Longer than a supervisor or a call of the API needs between changing the queue and recording it. */
const othersChangeMs = 250;

/** The longest interval between comparisons; it grows after each one that found nothing. */
const longestStandstillMs = 60_000;

/**
 * Keeps the active operation running, even if its jobs are lost. Every worker and every API has one, which ticks
 * about once a second. Several may do each step concurrently. It never compares clocks of different hosts.
 *
 * - It aligns the queue's pause with the operation's, whichever of the two was paused.
 * - It adds the coordinator's job again if that was removed or has ended too early.
 * - It promotes jobs that are delayed by another host's wrong clock.
 * - It dispatches tasks without a job again, once the operation makes no progress.
 * - It executes a cancel, so that it ends without any worker.
 */
export class Supervisor {
  readonly #context: CoordinatorContext;
  readonly #standstillMs: number;
  #seen: { readonly state: string; since: number; patienceMs: number } | undefined;

  /** `standstillMs`: after this time without progress the operation's tasks are compared with the queue. */
  constructor(context: CoordinatorContext, standstillMs = 5_000) {
    this.#context = context;
    this.#standstillMs = standstillMs;
  }

  async tick(): Promise<void> {
    const { ledger, dispatcher } = this.#context;
    const operation = await ledger.current();
    if (operation === undefined) return;
    if (operation.control === 'cancel') {
      await coordinate(this.#context, operation.id);
      return;
    }
    const control = await this.#alignPause(operation);
    await dispatcher.coordinate(operation.id);
    await dispatcher.wakeOverdue();
    if (control === 'run') await this.#findLostTasks(operation);
  }

  /**
   * `coordinatorState.queuePaused` is the queue's state as last set or read. If the queue differs from it for longer than
   * another process needs to change both, an operator has changed the queue, and the operation follows. Otherwise the
   * queue follows the operation.
   */
  async #alignPause(operation: Operation): Promise<Control> {
    const { ledger, dispatcher } = this.#context;
    const { id } = operation;
    let { control } = operation;
    let wasPaused = operation.coordinatorState.queuePaused ?? false;
    // Read after the operation: an older state of the queue would make our own change look like an operator's.
    let isPaused = await dispatcher.isPaused();
    if (isPaused !== wasPaused) {
      await delay(othersChangeMs);
      const now = await ledger.get(id);
      if (now?.state !== 'running') return 'run';
      control = now.control;
      wasPaused = now.coordinatorState.queuePaused ?? false;
      isPaused = await dispatcher.isPaused();
    }
    let wanted = control;
    if (isPaused !== wasPaused && control !== 'cancel') {
      wanted = isPaused ? 'pause' : 'run';
      if (wanted !== control) await ledger.control(id, wanted, isPaused ? pausedAtQueue : undefined);
    }
    const shouldPause = wanted === 'pause';
    // Resume even if it is not paused: an operator may have paused the coordinators' queue.
    if (shouldPause) await this.#pauseQueue(id);
    else if (isPaused) await dispatcher.resume();
    if (shouldPause !== wasPaused)
      await ledger.update(id, { coordinatorState: { queuePaused: shouldPause } });
    return wanted;
  }

  /** A late pause must not outlive the operation, or the next one would begin paused. */
  async #pauseQueue(id: string): Promise<void> {
    const { ledger, dispatcher } = this.#context;
    await dispatcher.pause();
    const now = await ledger.get(id);
    if (now?.state !== 'running' || now.control !== 'pause') await dispatcher.resume();
  }

  async #findLostTasks(operation: Operation): Promise<void> {
    const { ledger } = this.#context;
    const parts: Operation[] = [];
    for (const id of [operation.coordinatorState.pruneId, operation.coordinatorState.verificationId]) {
      const part = id ? await ledger.get(id) : undefined;
      if (part?.state === 'running') parts.push(part);
    }
    const working = [operation, ...parts];
    const state = JSON.stringify(
      working.map(({ id, tasks, totals, listing }) => [id, tasks, totals, listing]),
    );
    const now = performance.now();
    if (this.#seen?.state !== state) {
      this.#seen = { state, since: now, patienceMs: this.#standstillMs };
      return;
    }
    if (now - this.#seen.since < this.#seen.patienceMs) return;
    this.#seen.since = now;
    this.#seen.patienceMs = Math.min(this.#seen.patienceMs * 2, longestStandstillMs);
    for (const each of working) await dispatchLostTasks(this.#context, each);
  }
}

/**
 * Dispatches the operation's unfinished tasks again. A task whose job waits or runs is unchanged; one whose job was
 * removed, or ended unrecorded, gets a new one. Expensive: it reads every record of the operation and every job of an
 * unfinished task, so call it only for an operation without progress.
 */
async function dispatchLostTasks(
  context: Pick<CoordinatorContext, 'ledger' | 'dispatcher'>,
  operation: Operation,
): Promise<void> {
  const { tasks } = operation;
  if (tasks.listed - tasks.completed - tasks.failed <= 0) return;
  let cursor: string | undefined;
  do {
    const page = await context.ledger.listTasks(operation.id, { states: ['queued', 'running'], cursor });
    if (page.tasks.length > 0)
      await context.dispatcher.dispatch(operation.id, page.tasks, { mayHaveRun: true });
    cursor = page.cursor;
  } while (cursor !== undefined);
}

const tickEveryMs = 1_000;

/** Starts a supervisor; `stop` ends it. `onError` gets the errors of ticks; the next tick repeats all steps. */
export function startSupervisor(
  context: CoordinatorContext,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const supervisor = new Supervisor(context);
  let ticking: Promise<void> | undefined;
  const timer = setInterval(() => {
    ticking ??= supervisor
      .tick()
      .catch(onError)
      .finally(() => {
        ticking = undefined;
      });
  }, tickEveryMs);
  return {
    async stop() {
      clearInterval(timer);
      await ticking;
    },
  };
}

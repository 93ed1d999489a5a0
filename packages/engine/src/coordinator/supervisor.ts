import type { Control, Operation } from '@migrator/core';

import type { CoordinatorContext } from '../engine-context.ts';
import { coordinate } from './coordinate.ts';

/** What stands in the status while a person has paused the queue itself. */
export const pausedAtQueue = 'paused on Bull Board; resume it there or with POST /resume';

/** After a comparison that changed nothing the next one waits longer, up to this. */
const longestStandstillMs = 60_000;

/**
 * Sees to it that the active operation goes on, even if its jobs are lost. Every worker and every API has one and
 * ticks about once a second; all of its steps may be done by several at once. It compares no clocks of different hosts.
 *
 * - The queue's pause is the operation's pause, whichever of the two was paused.
 * - The coordinator's job is there; one that was removed or has ended too early is added again.
 * - Jobs that are delayed by another host's wrong clock are woken.
 * - Tasks without a job are dispatched again, once the operation stands still.
 * - A cancel is carried out here too, so that it ends without any worker.
 */
export class Supervisor {
  readonly #context: CoordinatorContext;
  readonly #standstillMs: number;
  #seen: { readonly state: string; since: number; patienceMs: number } | undefined;

  /** `standstillMs`: so long an operation may stand still before its tasks are compared with the queue. */
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
   * `coordinatorState.queuePaused` is the queue's state as we last set or saw it: where the queue differs from it, a person has
   * changed the queue, and the operation follows; otherwise the queue follows the operation.
   */
  async #alignPause({ id, control, coordinatorState }: Operation): Promise<Control> {
    const { ledger, dispatcher } = this.#context;
    // After the operation was read: an older look at the queue would take our own change for a person's.
    const isPaused = await dispatcher.isPaused();
    let wanted = control;
    if (isPaused !== (coordinatorState.queuePaused ?? false)) {
      wanted = isPaused ? 'pause' : 'run';
      if (wanted !== control) await ledger.control(id, wanted, isPaused ? pausedAtQueue : undefined);
    }
    const shouldPause = wanted === 'pause';
    // Again where it is paused already: a person may have paused the coordinators too.
    if (shouldPause) await this.#pauseQueue(id);
    else if (isPaused) await dispatcher.resume();
    if (shouldPause !== (coordinatorState.queuePaused ?? false))
      await ledger.update(id, { coordinatorState: { queuePaused: shouldPause } });
    return wanted;
  }

  /** A pause that comes late must not outlive the operation, or the next one would begin with it. */
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
 * Dispatches the operation's unfinished tasks again. One whose job still waits or runs stays as it is; one whose job was
 * removed, or has ended without the ledger knowing, goes again. It reads every record of the operation and asks for every
 * job of an unfinished task: only for an operation that stands still.
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

/** Ticks until it is stopped. `onError` hears of ticks that failed; the next one does it all again. */
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

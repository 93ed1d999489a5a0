import {
  type Binding,
  bindingDifferences,
  describeDifferences,
  isSameBinding,
  type Operation,
} from '@migrator/core';
import type { CoordinatorContext } from '@migrator/engine';
import type { Worker } from 'bullmq';

import type { OnWorkEvent } from './work-events.ts';
import type { Mismatch } from './worker-registry.ts';

const checkEveryMs = 1_000;

/**
 * Keeps a process out of an operation that it is not configured for. Its workers fetch no jobs while such an
 * operation runs, because each job that they fetch and return delays it for the other workers. Reports the mismatch
 * once as an event, and as `mismatch` while it lasts.
 */
export class BindingGuard {
  readonly #context: Pick<CoordinatorContext, 'ledger' | 'binding'>;
  readonly #onWork: OnWorkEvent | undefined;
  readonly #workers: Worker[] = [];
  #mismatch: Mismatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reportedFor: string | undefined;

  constructor(context: Pick<CoordinatorContext, 'ledger' | 'binding'>, onWork: OnWorkEvent | undefined) {
    this.#context = context;
    this.#onWork = onWork;
  }

  get mismatch(): Mismatch | undefined {
    return this.#mismatch;
  }

  add(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** Pauses the workers after a job of this operation was fetched. */
  pauseFor(operationId: string): void {
    if (this.#timer !== undefined) return;
    for (const worker of this.#workers) void worker.pause(true);
    this.#timer = setInterval(() => void this.#check(), checkEveryMs);
    void this.#check(operationId);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `operationId`: also report this operation, if another one is active. */
  async #check(operationId?: string): Promise<void> {
    const { ledger } = this.#context;
    try {
      const own = await this.#context.binding();
      const refused = operationId === undefined ? undefined : await ledger.get(operationId);
      if (refused !== undefined) this.#warn(refused, own);
      const current = await ledger.current();
      if (current === undefined || isSameBinding(current.binding, own)) {
        this.#resume();
        return;
      }
      this.#warn(current, own);
      this.#mismatch = { operationId: current.id, differences: bindingDifferences(current.binding, own) };
    } catch {
      // Redis can't be reached, so nothing runs. The next check decides.
    }
  }

  #warn({ id, binding }: Operation, own: Binding): void {
    if (this.#reportedFor === id) return;
    this.#reportedFor = id;
    const differences = bindingDifferences(binding, own);
    const detail = describeDifferences(differences, { actual: 'here', expected: 'in this run' });
    this.#onWork?.({ kind: 'binding-mismatch', run: id, detail });
  }

  #resume(): void {
    this.#mismatch = undefined;
    // A worker can resume only after its loop has ended, which takes until its last wait for a job ends.
    for (const worker of this.#workers) void worker.resume();
    if (this.#workers.some((worker) => worker.isPaused())) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

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

const lookEveryMs = 1_000;

/**
 * Keeps a process out of an operation that it is not configured for. Its workers fetch no job while such an operation runs,
 * because each job that they fetched and handed back would come later to those who can do it. Its log says so once, and
 * `mismatch` says it for as long as it lasts.
 */
export class BindingGuard {
  readonly #context: Pick<CoordinatorContext, 'ledger' | 'binding'>;
  readonly #tell: OnWorkEvent | undefined;
  readonly #workers: Worker[] = [];
  #mismatch: Mismatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;

  constructor(context: Pick<CoordinatorContext, 'ledger' | 'binding'>, tell: OnWorkEvent | undefined) {
    this.#context = context;
    this.#tell = tell;
  }

  get mismatch(): Mismatch | undefined {
    return this.#mismatch;
  }

  keeps(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** A job of this operation came here, and is handed back. */
  standAside(operationId: string): void {
    if (this.#timer !== undefined) return;
    for (const worker of this.#workers) void worker.pause(true);
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
    void this.#look(operationId);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `operationId`: to be told of although another operation is the active one. */
  async #look(operationId?: string): Promise<void> {
    const { ledger } = this.#context;
    try {
      const own = await this.#context.binding();
      const refused = operationId === undefined ? undefined : await ledger.get(operationId);
      if (refused !== undefined) this.#warn(refused, own);
      const current = await ledger.current();
      if (current === undefined || isSameBinding(current.binding, own)) {
        this.#comeBack();
        return;
      }
      this.#warn(current, own);
      this.#mismatch = { operationId: current.id, differences: bindingDifferences(current.binding, own) };
    } catch {
      // Redis is away: nothing runs meanwhile, and the next look tells.
    }
  }

  #warn({ id, binding }: Operation, own: Binding): void {
    if (this.#told === id) return;
    this.#told = id;
    const differences = bindingDifferences(binding, own);
    const detail = describeDifferences(differences, { actual: 'here', expected: 'in this run' });
    this.#tell?.({ kind: 'takes-no-part', run: id, detail });
  }

  #comeBack(): void {
    this.#mismatch = undefined;
    // A worker goes on only once its loop has ended, which takes until its last wait for a job is over.
    for (const worker of this.#workers) void worker.resume();
    if (this.#workers.some((worker) => worker.isPaused())) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

import { bindingDifferences, describeDifferences, isSameBinding } from '@migrator/core';
import type { CoordinatorContext } from '@migrator/engine';
import type { Worker } from 'bullmq';

import type { MismatchBoard } from './mismatch-board.ts';
import type { OnWorkEvent } from './work-events.ts';

const lookEveryMs = 1_000;

/**
 * Keeps a process out of an operation that it is not configured for. Its workers fetch no job while such an operation runs,
 * because each job that they fetched and handed back would come later to those who can do it. It says so in the log and, as
 * long as it lives, on the board.
 */
export class BindingGuard {
  readonly #context: CoordinatorContext;
  readonly #board: MismatchBoard;
  readonly #worker: string;
  readonly #tell: OnWorkEvent | undefined;
  readonly #workers: Worker[] = [];
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;
  #stopped = false;

  constructor(
    context: CoordinatorContext,
    options: { board: MismatchBoard; worker: string; onWork?: OnWorkEvent },
  ) {
    this.#context = context;
    this.#board = options.board;
    this.#worker = options.worker;
    this.#tell = options.onWork;
  }

  keeps(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** A job of this operation came here. Its job has to be handed back. */
  standAside(operationId: string): void {
    if (this.#stopped || this.#timer !== undefined) return;
    for (const worker of this.#workers) void worker.pause(true);
    this.#timer = setInterval(() => void this.#look(undefined), lookEveryMs);
    void this.#look(operationId);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#board.takeAway(this.#worker).catch(() => undefined);
  }

  async #look(operationId: string | undefined): Promise<void> {
    const { ledger } = this.#context;
    try {
      if (operationId !== undefined) await this.#warn(operationId);
      const binding = await this.#context.binding();
      const current = await ledger.current();
      if (this.#stopped) return;
      if (current === undefined || isSameBinding(current.binding, binding)) {
        await this.#comeBack();
        return;
      }
      await this.#warn(current.id);
      const differences = bindingDifferences(current.binding, binding);
      await this.#board.put({ worker: this.#worker, operationId: current.id, differences });
    } catch {
      // Redis is away: nothing runs meanwhile, and the next look tells.
    }
  }

  async #warn(operationId: string): Promise<void> {
    if (this.#told === operationId) return;
    const operation = await this.#context.ledger.get(operationId);
    if (operation === undefined) return;
    this.#told = operationId;
    const differences = bindingDifferences(operation.binding, await this.#context.binding());
    const detail = describeDifferences(differences, { actual: 'here', expected: 'in this run' });
    this.#tell?.({ kind: 'takes-no-part', run: operationId, detail });
  }

  async #comeBack(): Promise<void> {
    // A worker goes on only once its loop has ended, which takes until its last wait for a job is over.
    for (const worker of this.#workers) void worker.resume();
    if (this.#workers.some((worker) => worker.isPaused())) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#board.takeAway(this.#worker);
  }
}

import type { Operation } from '@migrator/core';
import { progressOf } from '@migrator/engine';

import type { OnWorkEvent } from './work-events.ts';

const progressEveryMs = 60_000;

/**
 * Emits each change of an operation's phase once, and its progress once a minute, as far as this process sees them.
 */
export class PhaseReporter {
  readonly #onWork: OnWorkEvent | undefined;
  readonly #last = new Map<string, string>();
  readonly #reportedAt = new Map<string, number>();
  readonly #now: () => number;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(onWork: OnWorkEvent | undefined, now: () => number = () => performance.now()) {
    this.#onWork = onWork;
    this.#now = now;
  }

  seen(operation: Operation): void {
    const { id, phase, control, reason, coordinatorState } = operation;
    this.#reportProgress(operation);
    const now = control === 'run' ? phase : control;
    if (this.#last.get(id) === now) return;
    // Forget operations that ended in another process.
    if (this.#last.size > 100) {
      this.#last.clear();
      this.#reportedAt.clear();
    }
    this.#last.set(id, now);
    this.#onWork?.({ kind: 'phase', run: id, phase: now, reason });
    const { oneByOne } = coordinatorState;
    if (now === 'migrating' && oneByOne !== undefined)
      this.#onWork?.({ kind: 'one-by-one', run: id, reason: oneByOne });
  }

  ended({ id, state, reason }: Operation): void {
    this.#last.delete(id);
    this.#reportedAt.delete(id);
    this.#onWork?.({ kind: 'ended', run: id, state, reason });
  }

  #reportProgress(operation: Operation): void {
    const { id, control } = operation;
    const now = this.#now();
    const reportedAt = this.#reportedAt.get(id);
    if (reportedAt === undefined) this.#reportedAt.set(id, now);
    if (control !== 'run' || reportedAt === undefined || now - reportedAt < progressEveryMs) return;
    this.#reportedAt.set(id, now);
    const { processed, total, percent, entriesPerSecond, etaSeconds } = progressOf(operation);
    this.#onWork?.({ kind: 'progress', run: id, processed, total, percent, entriesPerSecond, etaSeconds });
  }
}

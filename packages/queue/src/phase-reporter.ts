import type { Operation } from '@migrator/core';
import { progressOf } from '@migrator/engine';

import type { OnWorkEvent } from './work-events.ts';

const progressEveryMs = 60_000;

/**
 * Emits each change of an operation's phase once, and its progress once a minute, as far as this process sees them.
 */
export class PhaseReporter {
  readonly #tell: OnWorkEvent | undefined;
  readonly #last = new Map<string, string>();
  readonly #toldAt = new Map<string, number>();
  readonly #now: () => number;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(tell: OnWorkEvent | undefined, now: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
  }

  seen(operation: Operation): void {
    const { id, phase, control, reason, coordinatorState } = operation;
    this.#tellProgress(operation);
    const now = control === 'run' ? phase : control;
    if (this.#last.get(id) === now) return;
    // Forget operations that ended in another process.
    if (this.#last.size > 100) {
      this.#last.clear();
      this.#toldAt.clear();
    }
    this.#last.set(id, now);
    this.#tell?.({ kind: 'phase', run: id, phase: now, reason });
    const { oneByOne } = coordinatorState;
    if (now === 'migrating' && oneByOne !== undefined)
      this.#tell?.({ kind: 'one-by-one', run: id, reason: oneByOne });
  }

  ended({ id, state, reason }: Operation): void {
    this.#last.delete(id);
    this.#toldAt.delete(id);
    this.#tell?.({ kind: 'ended', run: id, state, reason });
  }

  #tellProgress(operation: Operation): void {
    const { id, control } = operation;
    const now = this.#now();
    const toldAt = this.#toldAt.get(id);
    if (toldAt === undefined) this.#toldAt.set(id, now);
    if (control !== 'run' || toldAt === undefined || now - toldAt < progressEveryMs) return;
    this.#toldAt.set(id, now);
    const { processed, total, percent, entriesPerSecond, etaSeconds } = progressOf(operation);
    this.#tell?.({ kind: 'progress', run: id, processed, total, percent, entriesPerSecond, etaSeconds });
  }
}

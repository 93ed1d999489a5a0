import { MigrationError } from '@migrator/core';

import { Gauge } from './gauge.ts';

/** The period, in milliseconds, over which the share of throttled tries is computed. */
const windowMs = 500;
/** A share of throttled tries that is ignored: a hot key causes it in a table with spare capacity. */
const tolerated = 0.01;
/** The largest reduction after one period. */
const mostCut = 0.5;
/** Milliseconds without throttling after which the limit is back at its ceiling. */
const recoveryMs = 30_000;

/**
 * The limit of concurrent writes of this process (AIMD): reduced by the share of tries that the table throttles,
 * increased by a constant over time. So independent processes converge to equal shares of a table.
 */
export class AdaptiveConcurrencyLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  readonly #waiters: (() => void)[] = [];
  /** The number of slots withheld by throttling while work waits for one. */
  readonly heldBack = new Gauge();
  #limit: number;
  #inFlight = 0;
  #windowBegan: number;
  #done = 0;
  #throttled = 0;

  constructor(ceiling: number, now: () => number = () => performance.now()) {
    this.#ceiling = ceiling;
    this.#limit = ceiling;
    this.#now = now;
    this.#windowBegan = now();
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  tryAcquire(): boolean {
    if (this.#inFlight >= this.limit || this.#waiters.length > 0) return false;
    this.#inFlight += 1;
    return true;
  }

  async acquire(signal?: AbortSignal): Promise<void> {
    if (this.tryAcquire()) return;
    // No listener for the abort, which would cost more than the wait: it ends the writes in flight, which frees their
    // slots for the waiters.
    await new Promise<void>((resolve) => {
      this.#waiters.push(resolve);
      this.#noteHeldBack();
    });
    if (signal?.aborted !== true) return;
    this.release();
    throw new MigrationError('ABORTED', 'stopped while it waited for a write slot');
  }

  release(): void {
    this.#inFlight -= 1;
    this.#adapt();
    while (this.#inFlight < this.limit) {
      const next = this.#waiters.shift();
      if (next === undefined) break;
      this.#inFlight += 1;
      next();
    }
    this.#noteHeldBack();
  }

  /** Call it for each try that the table throttles. */
  throttled(): void {
    this.#throttled += 1;
    this.#adapt();
    this.#noteHeldBack();
  }

  /** Call it for each write that has ended. Work in a slot may also end without a write. */
  completed(): void {
    this.#done += 1;
  }

  #noteHeldBack(): void {
    const slots = this.#waiters.length > 0 ? this.#ceiling - this.limit : 0;
    if (slots !== this.heldBack.value) this.heldBack.value = slots;
  }

  #adapt(): void {
    if (this.#throttled === 0 && this.#limit === this.#ceiling) return;
    const now = this.#now();
    const elapsed = now - this.#windowBegan;
    if (elapsed < windowMs) return;
    const share = this.#throttled / (this.#throttled + this.#done);
    if (share > tolerated) this.#limit = Math.max(1, this.#limit * (1 - Math.min(mostCut, share)));
    else this.#limit = Math.min(this.#ceiling, this.#limit + (elapsed / recoveryMs) * this.#ceiling);
    this.#windowBegan = now;
    this.#done = 0;
    this.#throttled = 0;
  }
}

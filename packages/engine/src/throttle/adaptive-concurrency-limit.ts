import { MigrationError } from '@migrator/core';

import { Gauge } from './gauge.ts';

/** Over so long what was throttled is weighed against what was not. */
const windowMs = 500;
/** A share of throttled tries that says nothing yet: a hot key has it in a table with room. */
const tolerated = 0.01;
/** The most that one window takes away. */
const mostCut = 0.5;
/** Without a further throttle the limit is back at its ceiling after so long. */
const recoveryMs = 30_000;

/**
 * How many writes of this process may be under way: fewer by the share of tries that the table throttles, more by a
 * constant as time goes on, which is how independent processes come to share a table fairly.
 */
export class AdaptiveConcurrencyLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  readonly #waiters: (() => void)[] = [];
  /** Slots that throttling keeps from work that waits for one. */
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

  tryEnter(): boolean {
    if (this.#inFlight >= this.limit || this.#waiters.length > 0) return false;
    this.#inFlight += 1;
    return true;
  }

  async enter(signal?: AbortSignal): Promise<void> {
    if (this.tryEnter()) return;
    // The abort itself is not listened to, which would cost more than the wait: it ends those under way, whose places
    // then go from one waiter to the next.
    await new Promise<void>((resolve) => {
      this.#waiters.push(resolve);
      this.#noteHeldBack();
    });
    if (signal?.aborted !== true) return;
    this.leave();
    throw new MigrationError('ABORTED', 'stopped while it waited for the table');
  }

  leave(): void {
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

  /** Told of each try that the table throttles. */
  throttled(): void {
    this.#throttled += 1;
    this.#adapt();
    this.#noteHeldBack();
  }

  /** Told of each write that has ended. Work in a slot may also end without a write. */
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

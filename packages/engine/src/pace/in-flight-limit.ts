import { MigrationError } from '@migrator/core';

/** What is left of the limit after a throttle. */
const afterThrottle = 0.7;
/** Throttles that come together are one: the limit has not had time to help yet. */
const oneThrottleMs = 500;
/** Without a further throttle the limit is back at its ceiling after so long. */
const recoveryMs = 30_000;

/**
 * How many writes of this process may be under way: fewer by a factor when the table throttles, more by a constant as
 * time goes on without, which is how processes that know nothing of each other come to share a table fairly.
 */
export class InFlightLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  readonly #waiters: (() => void)[] = [];
  #limit: number;
  #inFlight = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #lastLook = 0;

  constructor(ceiling: number, now: () => number = () => performance.now()) {
    this.#ceiling = ceiling;
    this.#limit = ceiling;
    this.#now = now;
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
    const turn = Promise.withResolvers<void>();
    const abort = (): void => {
      const place = this.#waiters.indexOf(turn.resolve);
      if (place === -1) return;
      this.#waiters.splice(place, 1);
      turn.reject(new MigrationError('ABORTED', 'stopped while it waited for the table'));
    };
    this.#waiters.push(turn.resolve);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  leave(): void {
    this.#inFlight -= 1;
    if (this.#limit < this.#ceiling) this.#grow();
    while (this.#inFlight < this.limit) {
      const next = this.#waiters.shift();
      if (next === undefined) return;
      this.#inFlight += 1;
      next();
    }
  }

  throttled(): void {
    const now = this.#now();
    this.#lastLook = now;
    if (now - this.#lastCut < oneThrottleMs) return;
    this.#lastCut = now;
    this.#limit = Math.max(1, this.#limit * afterThrottle);
  }

  #grow(): void {
    const now = this.#now();
    const more = ((now - this.#lastLook) / recoveryMs) * this.#ceiling;
    this.#lastLook = now;
    this.#limit = Math.min(this.#ceiling, this.#limit + more);
  }
}

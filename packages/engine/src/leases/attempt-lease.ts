import { type Lease, leaseMs, MigrationError } from '@migrator/core';

/** A time by both clocks, in milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export type Clock = () => Moment;

/**
 * Two clocks, because each may fail alone: the monotonic clock of a virtual machine may stop while the machine is
 * paused, and the wall clock may be set back.
 */
export const processClock: Clock = () => ({ monotonic: performance.now(), wall: Date.now() });

/**
 * The lease of one attempt, renewed by each confirmation of the ledger for this attempt. It counts from BEFORE the
 * request: the response may have waited in the socket while the process was suspended.
 */
export class AttemptLease implements Lease {
  readonly #clock: Clock;
  #requestedAt: Moment;

  constructor(requestedAt: Moment, clock: Clock) {
    this.#clock = clock;
    this.#requestedAt = requestedAt;
  }

  /**
   * `requestedAt`: the time before the request to the ledger. Responses may arrive out of order: the newest request
   * counts.
   */
  renew(requestedAt: Moment): void {
    if (requestedAt.monotonic > this.#requestedAt.monotonic) this.#requestedAt = requestedAt;
  }

  require(): void {
    const { monotonic, wall } = this.#clock();
    const age = Math.max(monotonic - this.#requestedAt.monotonic, wall - this.#requestedAt.wall);
    if (age <= leaseMs.holder) return;
    throw new MigrationError(
      'LEASE_EXPIRED',
      `the ledger has not answered for ${Math.round(age / 1_000)} s, so nothing is written: this process was suspended, ` +
        'or it can not reach Redis; the job is retried automatically',
    );
  }
}

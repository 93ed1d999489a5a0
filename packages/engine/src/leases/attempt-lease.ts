import { type Lease, leaseMs, MigrationError } from '@migrator/core';

/** A moment by both clocks, in milliseconds. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export type Clock = () => Moment;

/**
 * Both, because each can stand still or jump where the other does not: the monotonic clock of a virtual machine may not count
 * the time for which it was paused, and the wall clock may be set back.
 */
export const processClock: Clock = () => ({ monotonic: performance.now(), wall: Date.now() });

/**
 * The lease of one attempt, renewed by each good answer of the ledger about this very attempt. Its time is the moment BEFORE
 * the question: the answer may have lain in the socket for as long as the process slept.
 */
export class AttemptLease implements Lease {
  readonly #clock: Clock;
  #asked: Moment;

  constructor(asked: Moment, clock: Clock) {
    this.#clock = clock;
    this.#asked = asked;
  }

  /** `asked`: when the ledger was asked, before its good answer. Answers may come out of turn: the newest question counts. */
  renew(asked: Moment): void {
    if (asked.monotonic > this.#asked.monotonic) this.#asked = asked;
  }

  require(): void {
    const { monotonic, wall } = this.#clock();
    const age = Math.max(monotonic - this.#asked.monotonic, wall - this.#asked.wall);
    if (age <= leaseMs.holder) return;
    throw new MigrationError(
      'LEASE_EXPIRED',
      `the ledger has not answered for ${Math.round(age / 1_000)} s, so nothing is written: this process was stopped, ` +
        'or Redis is out of its reach; the job goes on by itself',
    );
  }
}

import { setTimeout as wait } from 'node:timers/promises';

import { MigrationError } from '@migrator/core';

import type { Grant } from './shared-rate-limit.ts';

interface Waiter {
  readonly units: number;
  readonly go: () => void;
}

/** The delay before an unreachable store is tried again, in milliseconds. */
const retryMs = 500;

/**
 * One process's share of a budget of all processes. It requests what all waiters need together, so that the number of
 * requests depends on their duration, not on the number of entries. First come, first served.
 */
export class Budget {
  readonly #take: (units: number, perSecond: number) => Promise<Grant>;
  readonly #waiters: Waiter[] = [];
  #perSecond: number | undefined;
  /** Granted units; negative if more were used than requested. */
  #balance = 0;
  #requesting = false;

  constructor(take: (units: number, perSecond: number) => Promise<Grant>) {
    this.#take = take;
  }

  /** Undefined: no budget. */
  set perSecond(perSecond: number | undefined) {
    if (perSecond === this.#perSecond) return;
    this.#perSecond = perSecond;
    this.#balance = Math.min(0, this.#balance);
    this.#serve();
  }

  tryTake(units: number): boolean {
    if (this.#perSecond === undefined) return true;
    if (this.#waiters.length > 0 || this.#balance < units) return false;
    this.#balance -= units;
    return true;
  }

  async take(units: number, signal?: AbortSignal): Promise<void> {
    if (this.tryTake(units)) return;
    const turn = Promise.withResolvers<void>();
    const waiter: Waiter = { units, go: turn.resolve };
    const abort = (): void => {
      const place = this.#waiters.indexOf(waiter);
      if (place === -1) return;
      this.#waiters.splice(place, 1);
      turn.reject(new MigrationError('ABORTED', 'stopped while it waited for the budget'));
    };
    this.#waiters.push(waiter);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    else void this.#request();
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Adds the difference between the units taken and those used. */
  settle(taken: number, used: number): void {
    if (this.#perSecond === undefined || taken === used) return;
    // Units given back are used at once or expire: saved units would cause a burst.
    const most = Math.max(this.#balance, this.#perSecond / 20);
    this.#balance = Math.min(most, this.#balance + taken - used);
  }

  async #request(): Promise<void> {
    if (this.#requesting) return;
    this.#requesting = true;
    while (this.#waiters.length > 0 && this.#perSecond !== undefined) {
      const perSecond = this.#perSecond;
      const needed = this.#waiters.reduce((sum, { units }) => sum + units, 0) - this.#balance;
      // Request a little ahead, so that there are at most about a hundred requests a second; not more, so that other
      // processes get their share of the window.
      const amount = Math.ceil(Math.min(Math.max(needed, perSecond / 100), Math.max(1, perSecond / 16)));
      try {
        const { granted, waitMs } =
          amount <= 0 ? { granted: 0, waitMs: 0 } : await this.#take(amount, perSecond);
        this.#balance += granted;
        this.#serve();
        if (waitMs > 0 && this.#waiters.length > 0) await wait(waitMs);
      } catch {
        await wait(retryMs);
      }
    }
    this.#requesting = false;
  }

  #serve(): void {
    for (;;) {
      const [first] = this.#waiters;
      if (first === undefined) return;
      if (this.#perSecond !== undefined) {
        if (this.#balance < first.units) return;
        this.#balance -= first.units;
      }
      this.#waiters.shift();
      first.go();
    }
  }
}

import type { Ledger } from '@migrator/core';

import { AttemptLease, type Clock, type Moment, processClock } from './attempt-lease.ts';

interface Attempt {
  readonly task: string;
  readonly epoch: number;
  readonly lease: AttemptLease;
  readonly stop: AbortController;
}

/** Dispose it when the attempt has ended. */
export interface WatchedAttempt extends Disposable {
  /**
   * Aborts when the attempt has to stop: its operation is paused, cancelled or has ended, or a newer attempt has
   * started.
   */
  readonly signal: AbortSignal;
  readonly lease: AttemptLease;
}

interface Group {
  readonly attempts: Set<Attempt>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Checks the attempts of one process with the ledger periodically, all of an operation in one call. Renews their
 * leases, and aborts those that have to stop, so that a pause need not wait for a long page.
 */
export class AttemptWatcher {
  readonly #ledger: Pick<Ledger, 'checkAttempts'>;
  readonly #everyMs: number;
  readonly #clock: Clock;
  /** By operation id. */
  readonly #groups = new Map<string, Group>();

  constructor(ledger: Pick<Ledger, 'checkAttempts'>, options: { everyMs?: number; clock?: Clock } = {}) {
    this.#ledger = ledger;
    this.#everyMs = options.everyMs ?? 500;
    this.#clock = options.clock ?? processClock;
  }

  /** The time by the clocks of leases. Read it before a request to the ledger. */
  now(): Moment {
    return this.#clock();
  }

  /** Watches an attempt that the ledger has started. `requestedAt`: the time before that request. */
  watch(
    operationId: string,
    { task, epoch }: { readonly task: string; readonly epoch: number },
    requestedAt: Moment,
  ): WatchedAttempt {
    const group = this.#groups.get(operationId) ?? this.#begin(operationId);
    const lease = new AttemptLease(requestedAt, this.#clock);
    const stop = new AbortController();
    const attempt = { task, epoch, lease, stop };
    group.attempts.add(attempt);
    const unwatch = (): void => this.#unwatch(operationId, group, attempt);
    return { signal: stop.signal, lease, [Symbol.dispose]: unwatch };
  }

  #begin(operationId: string): Group {
    const group: Group = {
      attempts: new Set(),
      timer: setInterval(() => void this.#check(operationId, group), this.#everyMs),
    };
    this.#groups.set(operationId, group);
    return group;
  }

  async #check(operationId: string, group: Group): Promise<void> {
    const attempts = [...group.attempts];
    const requestedAt = this.#clock();
    try {
      const answers = await this.#ledger.checkAttempts(operationId, attempts);
      for (const [index, { lease, stop }] of attempts.entries()) {
        if (answers[index] === 'run') lease.renew(requestedAt);
        else stop.abort();
      }
    } catch {
      // The ledger can't be reached. If that lasts, the leases expire.
    }
  }

  #unwatch(operationId: string, group: Group, attempt: Attempt): void {
    group.attempts.delete(attempt);
    if (group.attempts.size > 0) return;
    clearInterval(group.timer);
    if (this.#groups.get(operationId) === group) this.#groups.delete(operationId);
  }
}

import type { Ledger } from '@migrator/core';

import { AttemptLease, type Clock, type Moment, processClock } from './attempt-lease.ts';

interface Attempt {
  readonly task: string;
  readonly epoch: number;
  readonly lease: AttemptLease;
  readonly stop: AbortController;
}

export interface WatchedAttempt {
  /** Aborts once the attempt is to stop: its operation is paused, cancelled or over, or a newer start has taken over. */
  readonly signal: AbortSignal;
  readonly lease: AttemptLease;
  /** To be called when the attempt is over. */
  readonly leave: () => void;
}

interface Group {
  readonly attempts: Set<Attempt>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Asks the ledger again and again about the attempts of one process, all of an operation in one call: renews their leases,
 * and tells those that are to stop, so that a page that takes long does not make a person wait.
 */
export class AttemptWatcher {
  readonly #ledger: Pick<Ledger, 'look'>;
  readonly #everyMs: number;
  readonly #clock: Clock;
  /** By operation. */
  readonly #groups = new Map<string, Group>();

  constructor(ledger: Pick<Ledger, 'look'>, options: { everyMs?: number; clock?: Clock } = {}) {
    this.#ledger = ledger;
    this.#everyMs = options.everyMs ?? 500;
    this.#clock = options.clock ?? processClock;
  }

  /** By the clocks that leases are measured with. To be asked for before the ledger is. */
  now(): Moment {
    return this.#clock();
  }

  /** A start of a task, as the ledger has granted it. `asked`: the moment before it was asked for. */
  watch(
    operationId: string,
    { task, epoch }: { readonly task: string; readonly epoch: number },
    asked: Moment,
  ): WatchedAttempt {
    const group = this.#groups.get(operationId) ?? this.#begin(operationId);
    const lease = new AttemptLease(asked, this.#clock);
    const stop = new AbortController();
    const attempt = { task, epoch, lease, stop };
    group.attempts.add(attempt);
    return { signal: stop.signal, lease, leave: () => this.#leave(operationId, group, attempt) };
  }

  #begin(operationId: string): Group {
    const group: Group = {
      attempts: new Set(),
      timer: setInterval(() => void this.#look(operationId, group), this.#everyMs),
    };
    this.#groups.set(operationId, group);
    return group;
  }

  async #look(operationId: string, group: Group): Promise<void> {
    const attempts = [...group.attempts];
    const asked = this.#clock();
    try {
      const answers = await this.#ledger.look(operationId, attempts);
      for (const [index, { lease, stop }] of attempts.entries()) {
        if (answers[index] === 'run') lease.renew(asked);
        else stop.abort();
      }
    } catch {
      // The ledger is out of reach: if it stays away the leases run out.
    }
  }

  #leave(operationId: string, group: Group, attempt: Attempt): void {
    group.attempts.delete(attempt);
    if (group.attempts.size > 0) return;
    clearInterval(group.timer);
    if (this.#groups.get(operationId) === group) this.#groups.delete(operationId);
  }
}

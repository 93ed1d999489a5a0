import { leasesOutstanding } from '@migrator/core';

/** What the ledger in memory knows of the leases that it has granted: until when each holds. */
export class OutstandingLeases {
  readonly #leaseMs: number;
  readonly #ends = new Map<string, number>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Renews it where it was granted before. */
  grant(id: string, task: string, epoch: number): void {
    this.#ends.set(nameOf(id, task, epoch), performance.now() + this.#leaseMs);
  }

  giveUp(id: string, task: string, epoch: number): void {
    this.#ends.delete(nameOf(id, task, epoch));
  }

  requireNone(): void {
    const now = performance.now();
    for (const [name, end] of this.#ends) if (end <= now) this.#ends.delete(name);
    if (this.#ends.size > 0) throw leasesOutstanding(this.#ends.size, Math.max(...this.#ends.values()) - now);
  }
}

function nameOf(id: string, task: string, epoch: number): string {
  return `${id}|${epoch}|${task}`;
}

import { MigrationError } from '../migration-error.ts';

/**
 * Permission of one attempt at a task to send writes, for a limited time. Without it nothing is written: a process that was
 * stopped (SIGSTOP, a paused virtual machine) wakes with its requests ready to be sent, and with no idea how late it is.
 */
export interface Lease {
  /** Throws LEASE_EXPIRED once it has run out. To be called immediately before each send, repetitions included. */
  require(): void;
}

/**
 * How long a lease lasts, milliseconds. The holder counts from the moment before it asked the ledger, the ledger from the
 * moment at which it answered, which is later. So by the time the ledger counts a lease as over, its holder has sent nothing
 * for at least the difference, which is for writes that are still on their way and for clocks that run unevenly.
 */
export const leaseMs = {
  /** The holder sends nothing any more. */
  holder: 10_000,
  /** The ledger counts the holder's writes as over: also how long the queue waits before it gives a silent job to another. */
  ledger: 15_000,
} as const;

/** `leftMs`: until the last of them has run out. */
export function leasesOutstanding(count: number, leftMs: number): MigrationError {
  const attempts = count === 1 ? 'one attempt that has' : `${count} attempts that have`;
  const seconds = Math.ceil(leftMs / 1_000);
  return new MigrationError(
    'LEASES_OUTSTANDING',
    `waits for ${attempts} not reported and may still write, for ${seconds} s at most`,
  );
}

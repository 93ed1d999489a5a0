import { MigrationError } from '../migration-error.ts';

/**
 * Permission of one attempt at a task to send writes, for a limited time. A process that was suspended (SIGSTOP, a
 * paused virtual machine) resumes with requests ready to be sent. The lease keeps it from sending them too late.
 */
export interface Lease {
  /** Throws LEASE_EXPIRED once the lease has expired. Call it immediately before each send and each retry. */
  require(): void;
}

/**
 * How long a lease lasts, in milliseconds. The holder counts from before its request to the ledger, the ledger from
 * its response, which is later. So when the ledger lets a lease expire, its holder has sent nothing for at least the
 * difference. The difference covers writes in flight and clocks that run at different speeds.
 */
export const leaseMs = {
  /** After this the holder sends nothing. */
  holder: 10_000,
  /** After this the ledger treats the lease as expired. It is also BullMQ's `lockDuration`. */
  ledger: 15_000,
} as const;

/** `leftMs`: milliseconds until the last of them expires. */
export function leasesOutstanding(count: number, leftMs: number): MigrationError {
  const attempts = count === 1 ? 'one attempt that has' : `${count} attempts that have`;
  const seconds = Math.ceil(leftMs / 1_000);
  return new MigrationError(
    'LEASES_OUTSTANDING',
    `waits up to ${seconds} s for ${attempts} not reported and may still write`,
  );
}

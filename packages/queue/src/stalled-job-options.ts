import { leaseMs } from '@migrator/core';

/**
 * When a worker has died or sleeps, its jobs are taken over after at most `lockDuration` + `stalledInterval` (ms).
 * How often that may happen is the ledger's business, which knows whether a task got on in between; BullMQ's own limit
 * would fail a job without a word to the ledger.
 */
export const stalledJobOptions = {
  lockDuration: leaseMs.ledger,
  stalledInterval: 5_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
} as const;

import type { Lease, Operation } from '@migrator/core';

import type { DryRunCollisions } from './dry-run-collisions.ts';

/** What a run says about how each of its entries is written. */
export interface MigrationRun {
  readonly operation: Operation;
  readonly migratedAt: string;
  /** Look at what is there before writing: the table was not empty when the run began. */
  readonly readFirst: boolean;
  /** Create what seems to be new in batches; the service takes them. */
  readonly inBatches: boolean;
  /** Of the attempt that writes them. */
  readonly lease: Lease;
  /** In a dry run, which has no written items to collide with. */
  readonly collisions?: DryRunCollisions;
}

import type { Lease, Operation } from '@migrator/core';

import type { DryRunCollisions } from './dry-run-collisions.ts';

/** The properties of a run that decide how its entries are written. */
export interface MigrationRun {
  readonly operation: Operation;
  readonly migratedAt: string;
  /** Read the stored items before writing: the table was not empty when the run began. */
  readonly readFirst: boolean;
  /** Create new items in batches; the service supports them. */
  readonly inBatches: boolean;
  /** The lease of the attempt that writes them. */
  readonly lease: Lease;
  /** In a dry run only, which has no written items to collide with. */
  readonly collisions?: DryRunCollisions;
}

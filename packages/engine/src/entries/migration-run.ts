import type { Operation } from '@migrator/core';

import type { DryRunCollisions } from './dry-run-collisions.ts';

/** What a run says about how each of its entries is written. */
export interface MigrationRun {
  readonly operation: Operation;
  readonly migratedAt: string;
  /** Look at what is there before writing: the table was not empty when the run began. */
  readonly readFirst: boolean;
  /** Nobody else writes the table, and this is the first attempt: batches are permitted. */
  readonly exclusive: boolean;
  /** In a dry run, which has no written items to collide with. */
  readonly collisions?: DryRunCollisions;
}

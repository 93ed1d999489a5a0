import { createRedact, redactError } from '@migrator/core';

import { migrateInProcess } from './in-process/migrate-in-process.ts';
import type { MigrationResult } from './migration-result.ts';
import { type ExecuteMigrationOptions, readOptions } from './options.ts';
import { migrateOverQueue } from './over-queue/migrate-over-queue.ts';

/**
 * Runs a whole migration and resolves once it is over, however it ended: `state` tells. Once a run has completed, later
 * calls resolve with that run's result at once, unless told `{ again: true }`.
 *
 * With REDIS_URL it goes over the queue, joins a run that is going on, and brings a worker of its own while there is no
 * other. Without Redis it runs in this very process. It ends no process, listens to no signals and leaves nothing open.
 *
 * Rejects with a MigrationError whose `code` tells what has to be fixed (`CREDENTIALS_NOT_FOUND`, `TABLE_NOT_FOUND`,
 * `NO_DATA`, `REDIS_UNAVAILABLE`, `ROLLED_BACK`, `ABORTED`, …), with a ConfigError for a variable of the environment
 * that holds a wrong value, and with a TypeError for options that are none. No secret of the environment is in any of
 * them, nor in their causes and stacks.
 */
export async function executeMigration(options: ExecuteMigrationOptions = {}): Promise<MigrationResult> {
  const wanted = readOptions(options);
  try {
    return wanted.overQueue ? await migrateOverQueue(wanted) : await migrateInProcess(wanted);
  } catch (error) {
    // The reason of the application's own signal is its own object.
    if (error instanceof Error && error.cause !== undefined && error.cause === wanted.signal?.reason)
      throw error;
    throw redactError(error, createRedact(wanted.config.secrets));
  }
}

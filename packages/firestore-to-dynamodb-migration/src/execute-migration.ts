import { createRedact, redactError } from '@migrator/core';

import { migrateInProcess } from './in-process/migrate-in-process.ts';
import type { MigrationResult } from './migration-result.ts';
import { type ExecuteMigrationOptions, readOptions } from './options.ts';
import { migrateOverQueue } from './over-queue/migrate-over-queue.ts';

/**
 * Runs a whole migration and resolves when it has ended, in any `state`. After a completed run, later calls resolve
 * with its result at once, unless `again` is set.
 *
 * With REDIS_URL it uses the queue, joins a run that is active, and starts a worker of its own while there is no other.
 * Without Redis it runs in this process. It ends no process, handles no signals and leaves nothing open.
 *
 * Rejects with a MigrationError whose `code` says what has to be fixed (`CREDENTIALS_NOT_FOUND`, `TABLE_NOT_FOUND`,
 * `NO_DATA`, `REDIS_UNAVAILABLE`, `ROLLED_BACK`, `ABORTED`, …), with a ConfigError for an invalid environment variable,
 * and with a TypeError for invalid options. They contain no secret of the environment, nor do their causes and stacks.
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

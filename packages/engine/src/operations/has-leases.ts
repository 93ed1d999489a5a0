import { type Ledger, MigrationError } from '@migrator/core';

/**
 * Whether any attempt may still write. Tells pausing from paused: the queue's own count of active jobs keeps those of a
 * worker that is gone until another worker looks.
 */
export async function hasLeases(ledger: Ledger): Promise<boolean> {
  try {
    await ledger.requireNoLeases();
    return false;
  } catch (error) {
    if (MigrationError.codeOf(error) === 'LEASES_OUTSTANDING') return true;
    throw error;
  }
}

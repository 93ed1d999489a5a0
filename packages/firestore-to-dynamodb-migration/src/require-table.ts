import { MigrationError, type Target } from '@migrator/core';

const limitMs = 5_000;

/**
 * Throws where the table is known to be missing, or to be another one than a migration writes. A service that does not
 * answer, or may not be asked, says nothing against what is known. Creates nothing.
 */
export async function requireTable(target: Pick<Target, 'describe'>): Promise<void> {
  try {
    await target.describe(AbortSignal.timeout(limitMs));
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (code === 'TABLE_NOT_FOUND' || code === 'TABLE_KEY_MISMATCH') throw error;
  }
}

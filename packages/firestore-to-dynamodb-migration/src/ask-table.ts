import { type Binding, MigrationError, type Target } from '@migrator/core';
import { type MarkedRun, markedRun, readRunMarker, withinLimit } from '@migrator/engine';

import { covers } from './covers.ts';
import type { ResolvedOptions } from './options.ts';

const markerLimitMs = 20_000;

/**
 * The newest run that the table itself knows of, if it was to do all that is wanted. Throws where that can't be known for now:
 * a run could write what the application has deleted.
 */
export async function runOfTable(
  target: Pick<Target, 'readTags'>,
  binding: Binding,
  { request, signal }: Pick<ResolvedOptions, 'request' | 'signal'>,
): Promise<MarkedRun | undefined> {
  const marker = await withinLimit(markerLimitMs, signal, (limited) =>
    readRunMarker(target, binding, limited),
  );
  const run = marker && markedRun(marker, binding);
  const was = run?.operation.request;
  return was?.kind === 'migration' && covers(was, request) ? run : undefined;
}

const describeLimitMs = 5_000;

/**
 * Throws where the table is known to be missing, or to be another one than a migration writes. A service that does not
 * answer, or may not be asked, says nothing against what is known. Creates nothing.
 */
export async function requireTable(target: Pick<Target, 'describe'>): Promise<void> {
  try {
    await target.describe(AbortSignal.timeout(describeLimitMs));
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (code === 'TABLE_NOT_FOUND' || code === 'TABLE_KEY_MISMATCH') throw error;
  }
}

import { type Binding, MigrationError, type Target } from '@migrator/core';
import { type MarkedRun, markedRun, readRunMarker, withinLimit } from '@migrator/engine';

import { covers } from './covers.ts';
import { type MigrationResult, resultOf } from './migration-result.ts';
import { nextStep } from './next-step.ts';
import type { ResolvedOptions } from './options.ts';

const markerLimitMs = 20_000;

/**
 * The newest run that is recorded on the table, if it covers the request. Throws if the record can't be read for now: a
 * new run could write what the application has deleted.
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

/** The result of a recorded run, if it leaves nothing to do. Throws ROLLED_BACK if it was rolled back. */
export async function resultOfMarkedRun(
  { ledger, operation }: MarkedRun,
  wanted: ResolvedOptions,
): Promise<MigrationResult | undefined> {
  const step = nextStep(operation, operation, wanted, false);
  return step.action === 'result' ? await resultOf(ledger, operation) : undefined;
}

const describeLimitMs = 5_000;

/**
 * Throws if the table does not exist, or has another key than a migration writes. Ignores other errors, such as a
 * missing permission. Creates nothing.
 */
export async function requireTable(target: Pick<Target, 'describe'>): Promise<void> {
  try {
    await target.describe(AbortSignal.timeout(describeLimitMs));
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (code === 'TABLE_NOT_FOUND' || code === 'TABLE_KEY_MISMATCH') throw error;
  }
}

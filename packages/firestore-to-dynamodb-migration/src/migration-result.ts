import { type Ledger, MigrationError, type Operation, type OperationState } from '@migrator/core';
import {
  migrationReport,
  type MigrationReport,
  type MigrationStats,
  type PruneReport,
  type RunProgress,
  type SubcollectionReport,
} from '@migrator/engine';

/** The result of comparing both sides, entry by entry. */
export type MigrationVerification = NonNullable<MigrationReport['verification']>;

export interface MigrationResult {
  migrationId: string;
  /** Only after `completed` every entry is in DynamoDB, as migrated or as saved by the application. */
  state: Exclude<OperationState, 'running'>;
  /** True if nothing was written. */
  dryRun: boolean;
  /** ISO 8601 in UTC. */
  startedAt: string;
  finishedAt: string | null;
  stats: MigrationStats;
  /** Null if none was requested, or the run ended before it. */
  verification: MigrationVerification | null;
  /** The pruned items, or in a dry run those that would be; null if not requested. */
  prune: PruneReport | null;
  /**
   * Subcollections in a sample of the source, which are not copied; null if the run ended before the sample, or is
   * recorded only on the table.
   */
  subcollections: SubcollectionReport | null;
  /** Why it failed or was cancelled, if known. */
  reason: string | null;
  /** What to do about it; null if nothing. */
  advice: string | null;
}

/** Whether nothing is left to do: the run completed, and its verification, if any, found no issues. */
export function isFinished({
  state,
  verification,
}: Pick<MigrationResult, 'state' | 'verification'>): boolean {
  return state === 'completed' && verification?.isValid !== false;
}

/** The progress of a run. */
export type MigrationProgress = RunProgress;

/** The result of an operation that has ended. Throws NO_DATA if it found no entries. */
export async function resultOf(
  ledger: Pick<Ledger, 'get' | 'issues'>,
  operation: Operation,
): Promise<MigrationResult> {
  const { rolledBackBy: _rolledBackBy, state, ...report } = await migrationReport(ledger, operation);
  const [, noData] = /^NO_DATA: ([^]*)$/.exec(report.reason ?? '') ?? [];
  if (state === 'failed' && noData !== undefined) throw new MigrationError('NO_DATA', noData);
  if (state === 'running') throw new TypeError(`${operation.id} has not ended`);
  return { ...report, state };
}

import { type Ledger, MigrationError, type Operation, type OperationState } from '@migrator/core';
import {
  migrationReport,
  type MigrationReport,
  type MigrationStats,
  type PruneReport,
  type RunProgress,
  type SubcollectionReport,
} from '@migrator/engine';

/** What comparing both sides, entry by entry, has found. */
export type MigrationVerification = NonNullable<MigrationReport['verification']>;

export interface MigrationResult {
  migrationId: string;
  /** Only `completed` says that every entry is in DynamoDB, or was the application's there already. */
  state: Exclude<OperationState, 'running'>;
  /** True where nothing was written. */
  dryRun: boolean;
  /** ISO 8601 in UTC. */
  startedAt: string;
  finishedAt: string | null;
  stats: MigrationStats;
  /** Null where none was wanted, or the run ended before it. */
  verification: MigrationVerification | null;
  /** What was pruned, or in a dry run would be; null where that was not asked for. */
  prune: PruneReport | null;
  /**
   * What a sample of the source has shown that no run copies; null where it ended before that, or only the table knows of the
   * run any more.
   */
  subcollections: SubcollectionReport | null;
  /** Why it failed or was cancelled, where that is known. */
  reason: string | null;
  /** What to do about it; null where there is nothing to do. */
  advice: string | null;
}

/** Whether nothing is left to do: an end whose own verification found something is none. */
export function isFinished({
  state,
  verification,
}: Pick<MigrationResult, 'state' | 'verification'>): boolean {
  return state === 'completed' && verification?.isValid !== false;
}

/** How far a run is, about once a second. */
export type MigrationProgress = RunProgress;

/** The result of an operation that has ended. One that met no entry has none: throws NO_DATA. */
export async function resultOf(
  ledger: Pick<Ledger, 'get' | 'issues'>,
  operation: Operation,
): Promise<MigrationResult> {
  const { rolledBackBy: _rolledBackBy, state, ...report } = await migrationReport(ledger, operation);
  const [, noData] = /^NO_DATA: ([^]*)$/.exec(report.reason ?? '') ?? [];
  if (state === 'failed' && noData !== undefined) throw new MigrationError('NO_DATA', noData);
  if (state === 'running') throw new TypeError(`${operation.id} is not over`);
  return { ...report, state };
}

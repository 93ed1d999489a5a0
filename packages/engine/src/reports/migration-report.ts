import {
  type Binding,
  isSameBinding,
  type Ledger,
  type MigrationRequest,
  type Operation,
  sourceAndTarget,
} from '@migrator/core';

import type { MigrationReport } from '../api/reports.ts';
import { migrationStats } from './migration-stats.ts';
import { pruneReport } from './prune-report.ts';
import { subcollectionReport } from './subcollection-report.ts';
import { verificationReport } from './verification-report.ts';

const errorsInStats = 100;

type ReportLedger = Pick<Ledger, 'get' | 'issues'>;

/** The report of one run. */
export async function migrationReport(ledger: ReportLedger, operation: Operation): Promise<MigrationReport> {
  const { issues } = await ledger.issues(operation.id, { limit: errorsInStats });
  const errors = issues.map(({ code, detail }) => ({
    path: detail.path ?? '',
    code,
    message: detail.message ?? '',
  }));
  const prune = await pruneReport(ledger, operation);
  return {
    migrationId: operation.id,
    state: operation.state,
    dryRun: operation.request.kind === 'migration' && operation.request.dryRun,
    source: operation.binding.source,
    target: operation.binding.target,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt ?? null,
    stats: migrationStats(operation, errors, prune?.pruned ?? 0),
    verification: await verificationOf(ledger, operation),
    prune,
    subcollections: subcollectionReport(operation),
    rolledBackBy: operation.coordinatorState.rolledBackBy ?? null,
    reason: operation.reason ?? null,
    advice: adviceOf(operation),
  };
}

function adviceOf({ totals, coordinatorState }: Operation): string | null {
  const newer = totals['newer'] ?? 0;
  const advice = [
    ...(newer > 0 ? [newerAdvice(newer)] : []),
    ...(coordinatorState.markerError ? [markerAdvice(coordinatorState.markerError)] : []),
  ];
  return advice.length === 0 ? null : advice.join('. ');
}

function markerAdvice(error: string): string {
  return (
    `The table could not be marked as migrated: ${error}. Permit dynamodb:ListTagsOfResource and dynamodb:TagResource. ` +
    'An application that starts without Redis and without its state file migrates again, and writes what it has deleted since'
  );
}

function newerAdvice(newer: number): string {
  return (
    `Items that are newer than this run were left as they are (${newer}). If no other run was active, a clock was wrong ` +
    'when they were written, or is now: start again. The next run starts after the newest of them, and repairs what differs'
  );
}

async function verificationOf(
  ledger: ReportLedger,
  operation: Operation,
): Promise<MigrationReport['verification']> {
  const id = operation.coordinatorState.verificationId;
  const verification = id ? await ledger.get(id) : undefined;
  if (verification === undefined || verification.state === 'running') return null;
  return { verificationId: verification.id, ...verificationReport(verification) };
}

/**
 * The newest run of this source and target that has ended, without dry runs. A run that is being retried has not
 * ended.
 */
export async function lastMigration(ledger: Ledger, own: Binding): Promise<Operation | undefined> {
  return await newestRun(
    ledger,
    ({ state, binding }) => state !== 'running' && isSameBinding(binding, own, sourceAndTarget),
  );
}

/** The newest run, without dry runs, that satisfies the condition. */
export async function newestRun(
  ledger: Ledger,
  isWanted: (run: Operation) => boolean,
): Promise<Operation | undefined> {
  return await newestMigration(ledger, (run, { dryRun }) => !dryRun && isWanted(run));
}

/** The newest run or dry run that satisfies the condition. */
export async function newestMigration(
  ledger: Ledger,
  isWanted: (run: Operation, request: MigrationRequest) => boolean,
): Promise<Operation | undefined> {
  let cursor: string | undefined;
  do {
    const page = await ledger.list('migration', { limit: 20, cursor });
    const found = page.operations.find(
      (run) => run.request.kind === 'migration' && isWanted(run, run.request),
    );
    if (found !== undefined) return found;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return undefined;
}

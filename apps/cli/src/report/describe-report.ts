import { describeSource, describeTarget, type Prices } from '@migrator/core';
import type { MigrationReport, RollbackAnswer, VerificationAnswer } from '@migrator/engine';

import { amount, duration } from '../amount.ts';
import { namedRows } from '../cli/columns.ts';
import { costOf } from './cost.ts';

const shownErrors = 5;

/** Seconds from the start to the end, or to now. */
export function secondsOf({ startTime, endTime }: MigrationReport['stats']): number {
  return (Date.parse(endTime ?? new Date().toISOString()) - Date.parse(startTime)) / 1_000;
}

export function describeSourceAndTarget({ source, target }: Pick<MigrationReport, 'source' | 'target'>): {
  source: string;
  target: string;
} {
  return { source: describeSource(source), target: describeTarget(target) };
}

export function describeReport(report: MigrationReport, prices?: Prices): string {
  const { stats, verification, reason, advice, prune, rolledBackBy, dryRun, estimate } = report;
  const seconds = secondsOf(stats);
  const rate = seconds > 0 ? ` (${amount(stats.totalProcessed / seconds)} entries a second)` : '';
  const { listed, completed, failed } = stats.users;
  const cost = costOf(report, prices);
  const rows = {
    ...describeSourceAndTarget(report),
    entries: amount(stats.totalProcessed),
    [dryRun ? 'would create' : 'created']: amount(stats.createdCount),
    [dryRun ? 'would repair' : 'repaired']: amount(stats.repairedCount),
    [dryRun ? 'would skip' : 'skipped']:
      `${amount(stats.skippedCount)} (${amount(stats.conflictCount)} of them the application's)`,
    [dryRun ? 'would fail' : 'failed']: amount(stats.failureCount),
    users: `${amount(completed)} of ${amount(listed)}${failed === 0 ? '' : `, ${amount(failed)} failed`}`,
    ...(prune === null ? {} : { prune: prune.message }),
    verification: verification?.message ?? 'none',
    time: `${seconds.toFixed(1)} s${rate}`,
    cost: `${dollars(cost.total)} (an estimate; its basis is in the report)`,
    ...(estimate === undefined ? {} : { 'a run takes': describeDurations(estimate) }),
    ...(rolledBackBy === null ? {} : { 'rolled back': `by ${rolledBackBy}` }),
    ...(reason === null ? {} : { reason }),
    ...(advice === null ? {} : { 'what to do': advice }),
  };
  const errors = stats.errors
    .slice(0, shownErrors)
    .map(({ path, code, message }) => `  ${code} ${path}: ${message}\n`);
  const more = stats.failureCount - errors.length;
  if (errors.length > 0 && more > 0) errors.push(`  and ${amount(more)} more: journal-migrate failures\n`);
  const what = dryRun ? `${report.migrationId} (dry run)` : report.migrationId;
  return `${what}: ${report.state}\n${namedRows(rows)}${errors.join('')}`;
}

/** `5 min at 100 write units a second (…), …` */
function describeDurations({ secondsAt }: NonNullable<MigrationReport['estimate']>): string {
  return secondsAt
    .map(
      ({ writeUnitsPerSecond, seconds, says }) =>
        `${duration(seconds)} at ${amount(writeUnitsPerSecond)} write units a second (${says})`,
    )
    .join('; ');
}

function dollars(amountOfMoney: number): string {
  return `$${amountOfMoney.toFixed(2)}`;
}

export function describeVerification(answer: VerificationAnswer): string {
  const { verificationId, message, counts, issueCounts, issues } = answer;
  const found = Object.entries(issueCounts).filter(([, count]) => count > 0);
  const rows = {
    ...describeSourceAndTarget(answer),
    entries: amount(counts.firestore),
    items: amount(counts.dynamodb),
    ...Object.fromEntries(found.map(([kind, count]) => [kind, amount(count)])),
  };
  const shown = issues.slice(0, shownErrors);
  const lines = shown.map(({ kind, path, dateKey, fields }) => {
    const at = fields.map((field) => field.at).join(', ');
    return `  ${kind} ${path ?? dateKey ?? ''}${at === '' ? '' : `: ${at}`}\n`;
  });
  const more = found.reduce((sum, [, count]) => sum + count, 0) - shown.length;
  if (more > 0) lines.push(`  and ${amount(more)} more: see the dashboard, or --json\n`);
  return `${verificationId}: ${message}\n${namedRows(rows)}${lines.join('')}`;
}

export function describeRollback(answer: RollbackAnswer): string {
  const { message, deleted, kept, keptReasons, dryRun } = answer;
  const why = Object.entries({
    'changed by the application': keptReasons.changedByApplication,
    'not migrated': keptReasons.notMigrated,
    'from another run': keptReasons.otherRun,
    'under another key': keptReasons.misplaced,
  }).flatMap(([label, count]) => (count === 0 ? [] : [`${amount(count)} ${label}`]));
  const rows = {
    ...describeSourceAndTarget(answer),
    [dryRun ? 'would delete' : 'deleted']: amount(deleted),
    kept: `${amount(kept)}${why.length === 0 ? '' : ` (${why.join(', ')})`}`,
  };
  return `${answer.rollbackId}: ${message}\n${namedRows(rows)}`;
}

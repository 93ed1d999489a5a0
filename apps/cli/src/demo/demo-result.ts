import { apiBasePath, type MigrationReport } from '@migrator/engine';

import { amount } from '../amount.ts';
import { namedRows } from '../cli/columns.ts';

export interface Filled {
  readonly users: number;
  readonly entries: number;
}

/** The JSON output of the demo. */
export interface DemoResult {
  /** Everything was migrated and verified. */
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** Entries that Firestore was filled with. */
  readonly entries: number;
  readonly users: number;
  /** The duration of the run with its verification. */
  readonly seconds: number;
  readonly migrationId: string;
  readonly state: MigrationReport['state'];
  readonly stats: MigrationReport['stats'];
  readonly verification: MigrationReport['verification'];
  readonly addresses: { dashboard: string; status: string; jobs: string };
  /** The variables that configure a program for the services. */
  readonly environment: Readonly<Record<string, string>>;
}

export function demoResult(
  report: MigrationReport,
  filled: Filled,
  surroundings: { url: string; env: Readonly<Record<string, string>> },
): DemoResult {
  const { migrationId, state, stats, verification } = report;
  const problems = problemsOf(report, filled.entries);
  return {
    ok: problems.length === 0,
    problems,
    ...filled,
    seconds: (Date.parse(stats.endTime ?? stats.startTime) - Date.parse(stats.startTime)) / 1000,
    migrationId,
    state,
    stats,
    verification,
    addresses: addressesAt(surroundings.url),
    environment: surroundings.env,
  };
}

function addressesAt(url: string): DemoResult['addresses'] {
  return { dashboard: `${url}/`, status: `${url}${apiBasePath}/status`, jobs: `${url}/admin/queues` };
}

/** Why a run did not migrate and verify everything; empty if it did. */
export function problemsOf(report: MigrationReport, entries: number): string[] {
  const { state, reason, verification } = report;
  const { totalProcessed, successCount, failureCount, skippedCount } = report.stats;
  const problems: string[] = [];
  if (state !== 'completed')
    problems.push(`The run ended as ${state}${reason === null ? '' : `: ${reason}`}.`);
  if (totalProcessed !== successCount + failureCount + skippedCount) {
    problems.push(
      `The totals don't add up: ${totalProcessed} ≠ ${successCount} + ${failureCount} + ${skippedCount}.`,
    );
  }
  if (totalProcessed !== entries) problems.push(`${totalProcessed} of ${entries} entries were processed.`);
  if (failureCount > 0) problems.push(`${failureCount} entries failed.`);
  if (verification?.isValid === false) problems.push(verification.message);
  return problems;
}

const shownErrors = 5;

export function describeResult(result: DemoResult): string {
  const { ok, problems, stats, verification, seconds } = result;
  const rate = seconds > 0 ? ` (${amount(stats.totalProcessed / seconds)} entries a second)` : '';
  const { completed, failed } = stats.users;
  const totals = {
    entries: amount(stats.totalProcessed),
    created: amount(stats.createdCount),
    skipped: amount(stats.skippedCount),
    conflicts: amount(stats.conflictCount),
    failed: amount(stats.failureCount),
    users: `${amount(completed)}${failed === 0 ? '' : `, ${amount(failed)} failed`}`,
    written: `${amount(stats.bytesWritten)} bytes`,
    verification: verification?.message ?? 'none',
    time: `${seconds.toFixed(1)} s${rate}`,
  };
  const errors = stats.errors
    .slice(0, shownErrors)
    .map(({ path, code, message }) => `${code} ${path}: ${message}`);
  const head = ok
    ? ['Everything was migrated and verified.']
    : ['Not everything was migrated and verified:', ...problems, ...errors];
  return `\n${head.join('\n  ')}\n${namedRows(totals)}`;
}

/** The addresses of what the demo has left running. */
export function describeAddresses({ addresses, environment }: DemoResult): string {
  const env = Object.entries(environment).map(([name, value]) => `  ${name}=${value}\n`);
  return `\nLook at it:\n${namedRows({ ...addresses })}\nThe services, for programs of your own:\n${env.join('')}`;
}

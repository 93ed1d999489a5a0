import { amount } from '../amount.ts';
import { namedRows } from '../cli/columns.ts';
import type { DemoResult } from './demo-result.ts';

const shownErrors = 5;

/** What a person reads when the run has ended. */
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

/** Where a person looks at what the demo has left running. */
export function describeAddresses({ addresses, environment }: DemoResult): string {
  const env = Object.entries(environment).map(([name, value]) => `  ${name}=${value}\n`);
  return `\nLook at it:\n${namedRows({ ...addresses })}\nThe services, for programs of your own:\n${env.join('')}`;
}

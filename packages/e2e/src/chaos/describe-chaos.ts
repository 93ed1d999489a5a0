import type { ChaosResult } from './chaos.ts';

/** The result as text. */
export function describeChaos(result: ChaosResult): string {
  const { report, faults } = result;
  const { stats } = report;
  return [
    `seed ${result.seed}: ${result.entries} entries of ${result.users} users, ${result.seconds} s`,
    `${faults.total} faults`,
    ...table(faults.byKind),
    `pauses that an operator had to end`,
    ...table(result.pauses),
    `run: ${report.state}, ${stats.totalProcessed} processed = ${stats.successCount} succeeded + ` +
      `${stats.failureCount} failed + ${stats.skippedCount} skipped; users ${stats.users.completed} of ` +
      `${stats.users.listed}, ${stats.users.failed} failed`,
    ...stats.errors.slice(0, 5).map(({ path, code, message }) => `  ${code} ${path}: ${message}`),
    `verification: ${report.verification?.message ?? 'none'}`,
    `entries lost           ${result.lost}`,
    `entries wrong          ${result.wrong}`,
    `items without an entry ${result.unexpected}`,
    `entries counted twice  ${result.countedTwice}`,
    `entries not counted    ${result.notCounted}`,
    `totals add up          ${result.totalsAddUp ? 'yes' : 'NO'}`,
    `writes after the end   ${result.writesAfterEnd}`,
    ...result.examples.map((example) => `  ${example}`),
    ...result.unexpectedEnds.map((end) => `ended by itself: ${end}`),
    result.ok ? 'nothing lost, nothing wrong, nothing counted twice' : 'FAILED',
    '',
  ].join('\n');
}

function table(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([kind, count]) => `  ${String(count).padStart(7)}  ${kind}`);
}

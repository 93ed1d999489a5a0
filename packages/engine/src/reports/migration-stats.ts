import { entryOutcomeNames, entryOutcomes, type Operation } from '@migrator/core';

import type { MigrationStats } from '../api/reports.ts';

/** The statistics of a run. They always add up, because all sums use the same counters. */
export function migrationStats(
  operation: Operation,
  errors: MigrationStats['errors'],
  prunedCount: number,
): MigrationStats {
  const count = (name: string): number => operation.totals[name] ?? 0;
  const sums = { success: 0, skipped: 0, failure: 0 };
  for (const name of entryOutcomeNames) sums[entryOutcomes[name]] += count(name);
  return {
    totalProcessed: sums.success + sums.skipped + sums.failure,
    successCount: sums.success,
    failureCount: sums.failure,
    skippedCount: sums.skipped,
    conflictCount: count('conflicts'),
    newerCount: count('newer'),
    prunedCount,
    createdCount: count('created'),
    repairedCount: count('repaired'),
    users: { ...operation.tasks },
    bytesWritten: count('bytes'),
    writeUnits: count('writeUnits'),
    encodedAsTextCount: count('encodedAsText'),
    warningCount: count('warnings'),
    compressedCount: count('compressed'),
    errors,
    startTime: operation.startedAt,
    endTime: operation.finishedAt ?? null,
  };
}

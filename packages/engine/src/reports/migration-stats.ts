import type { Operation } from '@migrator/core';

import type { MigrationStats } from '../api/reports.ts';

/** The records of a run. They balance by construction: every sum is made of the same counters. */
export function migrationStats(
  operation: Operation,
  errors: MigrationStats['errors'],
  prunedCount: number,
): MigrationStats {
  const count = (name: string): number => operation.totals[name] ?? 0;
  const successCount = count('created') + count('repaired');
  const failureCount = count('failed') + count('unread');
  const skippedCount = count('unchanged') + count('conflicts') + count('newer') + count('vanished');
  return {
    totalProcessed: successCount + skippedCount + failureCount,
    successCount,
    failureCount,
    skippedCount,
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

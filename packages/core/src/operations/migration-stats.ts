import { entryOutcomes } from './counters.ts';
import type { Operation } from './operation.ts';

export interface MigrationStats {
  totalProcessed: number;
  successCount: number;
  failureCount: number;
  skippedCount: number;
  conflictCount: number;
  /** Those skipped whose item a newer run wrote, or is of a newer state of the document. */
  newerCount: number;
  /** Items removed because their entry is gone; in a dry run those that would be. */
  prunedCount: number;
  createdCount: number;
  repairedCount: number;
  users: { listed: number; completed: number; failed: number };
  bytesWritten: number;
  writeUnits: number;
  /** Values DynamoDB has no number for, carried as text. */
  encodedAsTextCount: number;
  /** Guide's fields of another type than the guide's. */
  warningCount: number;
  /** Entries over DynamoDB's limit that were compressed. */
  compressedCount: number;
  /** The first 100. */
  errors: { path: string; code: string; message: string }[];
  startTime: string;
  endTime: string | null;
}

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

/** Entries a migration has dealt with, one way or another. */
export function processedEntries(operation: Operation): number {
  return entryOutcomes.reduce((sum, name) => sum + (operation.totals[name] ?? 0), 0);
}

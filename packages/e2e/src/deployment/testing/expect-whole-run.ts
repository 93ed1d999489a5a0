import type { MigrationReport } from '@migrator/engine';
import { expect } from 'vitest';

/** Every entry is there once, verified, and the totals add up. */
export function expectWholeRun(report: MigrationReport, entries: number): void {
  const { stats } = report;
  expect(report).toMatchObject({ state: 'completed', verification: { isValid: true } });
  expect(stats.totalProcessed).toBe(stats.successCount + stats.failureCount + stats.skippedCount);
  expect(stats).toMatchObject({ totalProcessed: entries, successCount: entries, createdCount: entries });
}

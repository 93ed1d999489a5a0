import { expect } from 'vitest';
import type { Report } from './migration-client.ts';

/** Every entry is there once, verified, and the totals add up. */
export function expectWholeRun(report: Report, entries: number): void {
  const { stats } = report;
  expect(report).toMatchObject({ state: 'completed', verification: { isValid: true } });
  expect(stats.totalProcessed).toBe(stats.successCount + stats.failureCount + stats.skippedCount);
  expect(stats).toMatchObject({ totalProcessed: entries, successCount: entries, createdCount: entries });
}

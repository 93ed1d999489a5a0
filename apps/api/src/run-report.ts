import type { Operation } from '@migrator/core';
import { estimate, migrationReport, type MigrationReport } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';

/** A run's report. A dry run's report predicts cost and duration of a real run. */
export async function runReport(context: ApiContext, operation: Operation): Promise<MigrationReport> {
  const report = await migrationReport(context.ledger, operation);
  if (!report.dryRun) return report;
  return { ...report, estimate: estimate(operation, context.settings.prices) };
}

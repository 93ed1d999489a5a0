import {
  currentStatus,
  hasLeases,
  lastMigration,
  lastOutcome,
  migrationReport,
  type Status,
} from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { describeMismatches } from './describe-mismatches.ts';
import { ledgerLossNotice, rememberRunning } from './ledger-loss-notice.ts';
import { liveView } from './standstill.ts';

/** What `GET /status`, and every call that changes it, answers with. */
export async function readStatus(context: ApiContext): Promise<Status> {
  const own = await context.binding();
  const workers = await context.workers.list();
  const [current, last, outcome, pace] = await Promise.all([
    currentStatus(
      context.ledger,
      own,
      () => hasLeases(context.ledger),
      (operation) => liveView(context, operation, workers),
    ),
    lastMigration(context.ledger, own),
    lastOutcome(context.ledger, own),
    context.rateController.report(),
  ]);
  const { operationId } = current;
  if (operationId !== null) rememberRunning(context.ledger, operationId);
  const aside = operationId === null ? null : await describeMismatches(context, operationId, workers);
  const notice = operationId === null ? await ledgerLossNotice(context, last) : aside;
  return {
    currentStatus: {
      ...current,
      maxWriteUnitsPerSecond: pace.maxWriteUnitsPerSecond,
      notice,
      workers: { live: workers.length, tasks: workers.reduce((sum, { tasks }) => sum + tasks, 0) },
    },
    lastMigration: last === undefined ? null : await migrationReport(context.ledger, last),
    lastOutcome: outcome,
  };
}

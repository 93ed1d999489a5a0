import {
  currentStatus,
  type CurrentStatus,
  hasLeases,
  lastMigration,
  migrationReport,
  type Status,
} from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { describeMismatches } from './describe-mismatches.ts';
import { ledgerLossNotice, rememberRunning } from './ledger-loss-notice.ts';

/** Why nothing moves where there is nothing that could move it. */
const noWorker =
  'no worker is running: start at least one (`pnpm worker`) with the same REDIS_URL and QUEUE_PREFIX';

const noFittingWorker =
  'no worker is configured for this run (see notice): start one with its source, target and settings';

/** What `GET /status`, and every call that changes it, answers with. */
export async function readStatus(context: ApiContext): Promise<Status> {
  const own = await context.binding();
  const isActive = (): Promise<boolean> => hasLeases(context.ledger);
  const [current, last, workers] = await Promise.all([
    currentStatus(context.ledger, own, isActive, context.rateController),
    lastMigration(context.ledger, own),
    context.workers.list(),
  ]);
  const { operationId } = current;
  if (operationId !== null) rememberRunning(context.ledger, operationId);
  const aside = operationId === null ? null : await describeMismatches(context, operationId, workers);
  const notice = operationId === null ? await ledgerLossNotice(context, last) : aside;
  const reason = workers.every(({ mismatch }) => mismatch?.operationId === operationId)
    ? workers.length === 0
      ? noWorker
      : noFittingWorker
    : null;
  return {
    currentStatus: {
      ...current,
      progress: withReason(current, reason),
      notice,
      workers: { live: workers.length, tasks: workers.reduce((sum, { tasks }) => sum + tasks, 0) },
    },
    lastMigration: last === undefined ? null : await migrationReport(context.ledger, last),
  };
}

function withReason(
  { state, progress }: Pick<CurrentStatus, 'state' | 'progress'>,
  reason: string | null,
): CurrentStatus['progress'] {
  if (progress === null || reason === null || state === 'paused' || state === 'cancelling') return progress;
  return { ...progress, reason };
}

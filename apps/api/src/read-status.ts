import { bindingDifferences, describeDifferences, type Operation } from '@migrator/core';
import {
  currentStatus,
  hasLeases,
  lastMigration,
  lastOutcome,
  migrationReport,
  otherLedgerReason,
  type Status,
} from '@migrator/engine';
import type { LiveWorker } from '@migrator/queue';

import type { ApiContext } from './api-context.ts';
import { ledgerLossNotice, rememberRunning } from './ledger-loss-notice.ts';
import { liveView } from './standstill.ts';

/** The response of `GET /status` and of every call that changes the status. */
export async function readStatus(context: ApiContext): Promise<Status> {
  const own = await context.binding();
  const workers = await context.workers.list();
  const [current, last, outcome, pace] = await Promise.all([
    readCurrent(context, workers),
    lastMigration(context.ledger, own),
    lastOutcome(context.ledger, own),
    context.rateController.report(),
  ]);
  const { operationId } = current;
  if (operationId !== null) rememberRunning(context.ledger, operationId);
  const aside = operationId === null ? null : await describeMismatches(context, operationId, workers);
  const notice = operationId === null ? await idleNotice(context, last) : aside;
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

export async function readCurrent(context: ApiContext, workers: readonly LiveWorker[]) {
  return currentStatus(
    context.ledger,
    await context.binding(),
    () => hasLeases(context.ledger),
    (operation) => liveView(context, operation, workers),
  );
}

/** The status while nothing runs. */
async function idleNotice(context: ApiContext, last: Operation | undefined): Promise<string | null> {
  const other = last === undefined ? await otherLedgerReason(context) : undefined;
  return other ?? (await ledgerLossNotice(context, last));
}

/** Sentences about workers, and this API, whose configuration differs from the active operation's. */
async function describeMismatches(
  context: ApiContext,
  operationId: string,
  workers: readonly LiveWorker[],
): Promise<string | null> {
  const sentences: string[] = [];
  for (const { host, pid, mismatch } of workers) {
    if (mismatch?.operationId !== operationId) continue;
    const words = describeDifferences(mismatch.differences, { actual: 'there', expected: 'in this run' });
    sentences.push(
      `Worker ${host} (process ${pid}) does not work on ${operationId}, because its configuration differs: ${words}.`,
    );
  }
  const operation = await context.ledger.get(operationId);
  const own = operation === undefined ? [] : bindingDifferences(operation.binding, await context.binding());
  if (own.length > 0) {
    const words = describeDifferences(own, { actual: 'here', expected: 'in this run' });
    sentences.push(`The configuration of this API differs from that of ${operationId}: ${words}.`);
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}

import type { Ledger, Operation } from '@migrator/core';
import { type LiveView, type Progress, progressOf } from '@migrator/engine';
import type { LiveWorker } from '@migrator/queue';

import type { ApiContext } from './api-context.ts';

/** The reason for a standstill without a suitable worker. */
const noWorker =
  'no worker is running: start at least one (`pnpm worker`) with the same REDIS_URL and QUEUE_PREFIX';

const noFittingWorker =
  'no worker is configured for this run (see notice): start one with its source, target and settings';

export function noWorkerReason(workers: readonly LiveWorker[], operationId: string): string | null {
  if (workers.some(({ mismatch }) => mismatch?.operationId !== operationId)) return null;
  return workers.length === 0 ? noWorker : noFittingWorker;
}

/** Milliseconds without a coordinator's round after which an operation counts as stalled. */
const silentAfterMs = 5_000;

const lastSeen = new WeakMap<Ledger, { readonly state: string; readonly since: number }>();

/**
 * What this process knows about the operation in addition to its record. Uses its own clock, because those of workers
 * may differ.
 */
export async function liveView(
  context: ApiContext,
  operation: Operation,
  workers: readonly LiveWorker[],
): Promise<LiveView> {
  const { verificationId } = operation.coordinatorState;
  const part = verificationId ? await context.ledger.get(verificationId) : undefined;
  const state = JSON.stringify([operation.id, [operation, part].map((one) => one?.coordinatorState.rate)]);
  const now = performance.now();
  const last = lastSeen.get(context.ledger);
  const since = last?.state === state ? last.since : now;
  lastSeen.set(context.ledger, { state, since });
  const reason = noWorkerReason(workers, operation.id);
  return {
    reason,
    isStalled: reason !== null || now - since > silentAfterMs,
    pace: await context.rateController.report(),
  };
}

export async function liveProgress(context: ApiContext, operation: Operation): Promise<Progress> {
  return progressOf(operation, operation, await liveView(context, operation, await context.workers.list()));
}

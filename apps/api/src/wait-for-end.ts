import type { Operation } from '@migrator/core';
import { waitForOperation } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { noWorkerReason } from './standstill.ts';

/** How often a wait checks that a worker is live, in milliseconds. A starting worker has as long to register. */
const checkMs = 2_000;

/**
 * Resolves with the operation once it has ended, or as it is after the limit, when no worker is live, or when the
 * server stops.
 */
export async function waitForEnd(
  context: ApiContext,
  opened: Operation,
  limitMs: number,
): Promise<Operation> {
  const { ledger, stopping, workers } = context;
  const since = performance.now();
  const until = since + limitMs;
  let operation = opened;
  for (;;) {
    const left = until - performance.now();
    const options = { limitMs: Math.min(left, checkMs), since, signal: stopping };
    const now = await waitForOperation(() => ledger.get(opened.id), options);
    if (now === undefined) return operation;
    operation = now;
    if (operation.state !== 'running' || left <= checkMs || stopping.aborted) return operation;
    if (noWorkerReason(await workers.list(), opened.id) !== null) return operation;
  }
}

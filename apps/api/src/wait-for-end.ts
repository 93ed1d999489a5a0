import type { Operation } from '@migrator/core';
import { waitForOperation } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';
import { noWorkerReason } from './standstill.ts';

/** How often a wait looks whether there is a worker at all; one that is just starting has as long to say so. */
const lookMs = 2_000;

/** The operation once it is over, or as it is after the limit, without any worker, or when the server stops. */
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
    const look = { limitMs: Math.min(left, lookMs), since, signal: stopping };
    const now = await waitForOperation(() => ledger.get(opened.id), look);
    if (now === undefined) return operation;
    operation = now;
    if (operation.state !== 'running' || left <= lookMs || stopping.aborted) return operation;
    if (noWorkerReason(await workers.list(), opened.id) !== null) return operation;
  }
}

import { bindingDifferences, describeDifferences } from '@migrator/core';
import type { LiveWorker } from '@migrator/queue';

import type { ApiContext } from './api-context.ts';

/** What to tell of processes that are configured for something else than the operation that runs: workers, and this API. */
export async function describeMismatches(
  context: ApiContext,
  operationId: string,
  workers: readonly LiveWorker[],
): Promise<string | null> {
  const sentences: string[] = [];
  for (const { host, pid, mismatch } of workers) {
    if (mismatch?.operationId !== operationId) continue;
    const words = describeDifferences(mismatch.differences, { actual: 'there', expected: 'in this run' });
    sentences.push(`Worker ${host} (process ${pid}) takes no part in ${operationId}: ${words}.`);
  }
  const operation = await context.ledger.get(operationId);
  const own = operation === undefined ? [] : bindingDifferences(operation.binding, await context.binding());
  if (own.length > 0) {
    const words = describeDifferences(own, { actual: 'here', expected: 'in this run' });
    sentences.push(`This API is configured for something else than ${operationId}: ${words}.`);
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}

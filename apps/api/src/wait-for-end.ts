import type { Operation } from '@migrator/core';
import { waitForOperation } from '@migrator/engine';

import type { ApiContext } from './api-context.ts';

/** The operation once it is over, or as it is after the limit or when the server stops. */
export async function waitForEnd(
  context: ApiContext,
  opened: Operation,
  limitMs: number,
): Promise<Operation> {
  const { ledger, stopping } = context;
  const now = await waitForOperation(() => ledger.get(opened.id), { limitMs, signal: stopping });
  return now ?? opened;
}

import { setTimeout as delay } from 'node:timers/promises';

import type { Ledger, Operation } from '@migrator/core';

const lookEveryMs = 100;

/** The operation once it is over, or as it is after the limit. Undefined if the ledger does not know it. */
export async function waitForEnd(
  ledger: Ledger,
  id: string,
  options: { limitMs: number; signal?: AbortSignal },
): Promise<Operation | undefined> {
  const until = Date.now() + options.limitMs;
  for (;;) {
    const operation = await ledger.get(id);
    const left = until - Date.now();
    if (operation === undefined || operation.state !== 'running' || left <= 0) return operation;
    if (options.signal?.aborted === true) return operation;
    await delay(Math.min(lookEveryMs, left));
  }
}

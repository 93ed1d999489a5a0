import type { Ledger } from '@migrator/core';
import { createMemoryLedger } from '@migrator/engine';

const ledgers = new Map<string, { readonly ledger: Ledger; users: number }>();

/** Calls of one process that go on at the same time and mean the same data share one ledger, so that one run results. */
export async function withSharedLedger<T>(scope: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const shared = ledgers.get(scope) ?? { ledger: createMemoryLedger(), users: 0 };
  ledgers.set(scope, shared);
  shared.users += 1;
  try {
    return await work(shared.ledger);
  } finally {
    shared.users -= 1;
    if (shared.users === 0) ledgers.delete(scope);
  }
}

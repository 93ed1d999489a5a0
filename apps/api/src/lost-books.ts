import type { Ledger } from '@migrator/core';

const lastSeen = new WeakMap<Ledger, string>();

/** Remembers, in this process, what was running when its books were last seen. */
export function rememberRunning(ledger: Ledger, operationId: string): void {
  lastSeen.set(ledger, operationId);
}

/** What to tell a person if the books of what was running have gone; null where they have not. */
export async function lostBooks(ledger: Ledger): Promise<string | null> {
  const id = lastSeen.get(ledger);
  if (id === undefined || (await ledger.get(id)) !== undefined) return null;
  return (
    `Redis has lost the books of ${id} while it was running (flushed, or restarted without its data). ` +
    'What was written is in the table: a new start skips it and finishes the work'
  );
}

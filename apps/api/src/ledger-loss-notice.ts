import {
  type Ledger,
  type Operation,
  operationId,
  parseItem,
  readProvenance,
  type Target,
} from '@migrator/core';

interface Memory {
  /** The id of the active operation when this process last read it. */
  seen?: string;
  /** The newest run of items found in the table. */
  written?: { readonly id: string; readonly at: string };
  checkedAt?: number;
}

const memories = new WeakMap<Ledger, Memory>();
/** How often the table is read: one page of a few items. */
const checkEveryMs = 60_000;
const itemsPerCheck = 10;
const checkLimitMs = 5_000;

function memoryOf(ledger: Ledger): Memory {
  const memory = memories.get(ledger) ?? {};
  memories.set(ledger, memory);
  return memory;
}

/** Remembers, in this process, the active operation when its records were last read. */
export function rememberRunning(ledger: Ledger, id: string): void {
  memoryOf(ledger).seen = id;
}

/**
 * The notice, while nothing runs, about a run whose records are lost; null if none is known. A run that this process
 * has not seen can be found in the table, because an item names its run. `last`: the newest run in the ledger.
 */
export async function ledgerLossNotice(
  { ledger, target }: { readonly ledger: Ledger; readonly target: Target },
  last: Operation | undefined,
): Promise<string | null> {
  const memory = memoryOf(ledger);
  const { seen } = memory;
  const known = seen === undefined ? undefined : await ledger.get(seen);
  // Forget it once it has ended: records of ended operations may be deleted.
  if (known !== undefined && known.state !== 'running') delete memory.seen;
  if (seen !== undefined && known === undefined) {
    return (
      `Redis has lost the records of ${seen} while it was running (flushed, or restarted without its data). ` +
      'Written items are in the table: a new start skips them and finishes the work'
    );
  }
  // Not awaited: the status must not depend on the table. The next call has the result.
  if (last === undefined || memory.checkedAt === undefined) void checkTable(memory, target);
  const { written } = memory;
  if (written === undefined || (last !== undefined && last.startedAt >= written.at)) return null;
  if ((await ledger.get(written.id)) !== undefined) return null;
  return (
    `The table holds items that ${written.id} wrote, and Redis has no records of it: they were lost, or kept in another ` +
    'Redis or under another QUEUE_PREFIX. Whether that run completed is not known: a new start skips existing ' +
    'items and does what is left'
  );
}

async function checkTable(memory: Memory, target: Target): Promise<void> {
  const now = performance.now();
  if (memory.checkedAt !== undefined && now - memory.checkedAt < checkEveryMs) return;
  memory.checkedAt = now;
  const signal = AbortSignal.timeout(checkLimitMs);
  try {
    const page = await target.scan({
      segment: 0,
      totalSegments: 1,
      keysOnly: true,
      limit: itemsPerCheck,
      signal,
    });
    const runs = page.items.flatMap((item) => readProvenance(parseItem(item))?.migratedAt ?? []).toSorted();
    const at = runs.at(-1);
    if (at === undefined) delete memory.written;
    else memory.written = { at, id: operationId('migration', at) };
  } catch {
    // No table yet, no access, or no response: nothing is known.
  }
}

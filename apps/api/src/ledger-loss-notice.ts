import { type Ledger, type Operation, operationId, readProvenance, type Target } from '@migrator/core';

interface Memory {
  /** What was running when this process last saw it. */
  seen?: string;
  /** The newest run that the table was found to hold items of. */
  written?: { readonly id: string; readonly at: string };
  lookedAt?: number;
}

const memories = new WeakMap<Ledger, Memory>();
/** One page of a few items, so that it costs next to nothing; no more often than this. */
const lookEveryMs = 60_000;
const itemsPerLook = 10;
const lookLimitMs = 5_000;

function memoryOf(ledger: Ledger): Memory {
  const memory = memories.get(ledger) ?? {};
  memories.set(ledger, memory);
  return memory;
}

/** Remembers, in this process, what was running when its records were last seen. */
export function rememberRunning(ledger: Ledger, id: string): void {
  memoryOf(ledger).seen = id;
}

/**
 * What to tell a person, while nothing runs, of a run whose records are gone; null where none is known. What this process
 * has not seen itself it can learn from the table alone: an item names the run that wrote it. `last` is the newest run
 * that the ledger has.
 */
export async function ledgerLossNotice(
  { ledger, target }: { readonly ledger: Ledger; readonly target: Target },
  last: Operation | undefined,
): Promise<string | null> {
  const memory = memoryOf(ledger);
  const { seen } = memory;
  const known = seen === undefined ? undefined : await ledger.get(seen);
  // What has ended is not lost while it was running, should it be lost one day.
  if (known !== undefined && known.state !== 'running') delete memory.seen;
  if (seen !== undefined && known === undefined) {
    return (
      `Redis has lost the records of ${seen} while it was running (flushed, or restarted without its data). ` +
      'What was written is in the table: a new start skips it and finishes the work'
    );
  }
  // Not awaited: the status must not depend on the table. The next one knows.
  if (last === undefined || memory.lookedAt === undefined) void look(memory, target);
  const { written } = memory;
  if (written === undefined || (last !== undefined && last.startedAt >= written.at)) return null;
  if ((await ledger.get(written.id)) !== undefined) return null;
  return (
    `The table holds items that ${written.id} wrote, and Redis has no records of it: they were lost, or kept in another ` +
    'Redis or under another QUEUE_PREFIX. Whether that run came to its end is not known: a new start skips what is ' +
    'there and does what is left'
  );
}

async function look(memory: Memory, target: Target): Promise<void> {
  const now = performance.now();
  if (memory.lookedAt !== undefined && now - memory.lookedAt < lookEveryMs) return;
  memory.lookedAt = now;
  const signal = AbortSignal.timeout(lookLimitMs);
  try {
    const page = await target.scan({
      segment: 0,
      totalSegments: 1,
      keysOnly: true,
      limit: itemsPerLook,
      signal,
    });
    const runs = page.items.flatMap((item) => readProvenance(item)?.migratedAt ?? []).toSorted();
    const at = runs.at(-1);
    if (at === undefined) delete memory.written;
    else memory.written = { at, id: operationId('migration', at) };
  } catch {
    // No table yet, no access, no answer: nothing is known.
  }
}

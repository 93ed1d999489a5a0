import {
  diffEntry,
  type EncodedItem,
  type EntryRef,
  ItemArena,
  type ItemJson,
  mapEntry,
  type MappedEntry,
  migratedAtOfExactCopy,
  MigrationError,
  parseItem,
  readProvenance,
  errorTable,
  type SourceEntry,
  ownershipOf,
  type StoredItem,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import type { EntryOutcome } from './entry-outcome.ts';
import type { MigrationRun } from './migration-run.ts';

/**
 * One entry's way from its bytes to its outcome.
 *
 * `stored` is what was read beforehand: the item, `null` where there was none, undefined where nobody looked. Errors
 * of this entry become an outcome; errors that are not this entry's fault are thrown.
 */
export async function migrateEntry(
  context: EngineContext,
  run: MigrationRun,
  entry: SourceEntry,
  stored: ItemJson | null | undefined,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  let before: StoredItem | undefined;
  if (stored) {
    const migratedAt = migratedAtOfExactCopy(entry, stored);
    if (migratedAt !== undefined && migratedAt <= run.migratedAt) return asItShouldBe(run, migratedAt);
    before = parseItem(stored);
    const known = outcomeByReading(run, entry, before);
    if (known !== undefined) return known;
  }
  const { migratedAt } = run;
  const arena = ItemArena.take();
  try {
    const mapped = mapEntry(entry, { migratedAt, oversize: context.settings.oversize, arena });
    if (!mapped.ok) return unmappable(mapped);
    const outcome = await putEntry(context, run, mapped, signal);
    // A dry run's target has nothing to replace; what a real one would have replaced is what was read.
    if (run.collisions !== undefined && outcome.kind === 'created') {
      return { ...outcome, kind: kindOfWrite(run, before) };
    }
    return outcome;
  } finally {
    arena.giveBack();
  }
}

/** An entry that can't be an item. */
function unmappable({ code, message }: Extract<MappedEntry, { ok: false }>): EntryOutcome {
  return { kind: 'failed', code, message: saveFailed(message), attempts: 1 };
}

/** What can be said of an entry without writing: it is there already, or what is there is not ours to touch. */
function outcomeByReading(
  run: MigrationRun,
  entry: SourceEntry,
  stored: StoredItem,
): EntryOutcome | undefined {
  const wanted = { ...entry, migratedAt: run.migratedAt, originalTimestamp: entry.updateTime };
  const refused = outcomeOfRefusal(stored, wanted, 0);
  if (refused !== undefined) return refused;
  if (diffEntry(entry, stored).differences.length > 0) return undefined;
  return asItShouldBe(run, readProvenance(stored)?.migratedAt);
}

function asItShouldBe(run: MigrationRun, migratedAt: string | undefined): EntryOutcome {
  if (migratedAt !== run.migratedAt) return { kind: 'unchanged', writeUnits: 0 };
  // Written by this run before a crash took its outcome away.
  return { kind: 'created', bytes: 0, writeUnits: 0, encodedAsText: 0, warnings: 0, compressed: false };
}

async function putEntry(
  context: EngineContext,
  run: MigrationRun,
  mapped: Extract<MappedEntry, { ok: true }>,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  const { item } = mapped;
  try {
    // An item that vanishes between the refusal and our look at it leaves the place free: once more, a few times.
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const put = await context.target.putOwned(item, run.lease, signal);
      if (put.outcome === 'written') return written(mapped, kindOfWrite(run, put.replaced), put.writeUnits);
      const outcome =
        put.stored === undefined ? undefined : outcomeOfRefusal(put.stored, item, put.writeUnits);
      if (outcome !== undefined) return outcome;
    }
    throw new MigrationError(
      'TARGET_UNAVAILABLE',
      `Failed to save journal data: ${item.dateKey} keeps being written and deleted by something else`,
    );
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (error instanceof MigrationError && errorTable[code].onExhausted === 'fail-entry') {
      return { kind: 'failed', code, message: error.message, attempts: error.attempts };
    }
    throw error;
  }
}

function written(
  mapped: Extract<MappedEntry, { ok: true }>,
  kind: 'created' | 'repaired',
  writeUnits: number,
): EntryOutcome {
  const { item, encodedAsText, warnings, compressed } = mapped;
  return { kind, bytes: item.size, writeUnits, encodedAsText, warnings: warnings.length, compressed };
}

/** An item of this very run that is replaced was written before a crash: it counts as created, not as repaired. */
function kindOfWrite(run: MigrationRun, replaced: StoredItem | undefined): 'created' | 'repaired' {
  if (replaced === undefined || readProvenance(replaced)?.migratedAt === run.migratedAt) return 'created';
  return 'repaired';
}

function outcomeOfRefusal(
  stored: StoredItem,
  wanted: Pick<EncodedItem, 'userId' | 'date' | 'migratedAt' | 'originalTimestamp'>,
  writeUnits: number,
): EntryOutcome | undefined {
  switch (ownershipOf(stored, wanted)) {
    case 'foreign':
      return { kind: 'conflicts', writeUnits };
    case 'newer': {
      const { migratedAt = '' } = readProvenance(stored) ?? {};
      return { kind: 'newer', writeUnits, ...(migratedAt > wanted.migratedAt ? { migratedAt } : {}) };
    }
    case 'collision': {
      return collisionWith(readProvenance(stored) ?? { userId: '', date: '' });
    }
    case 'ours':
      return undefined;
  }
}

/** What becomes of the entry that comes second. */
export function collisionWith(first: EntryRef): EntryOutcome {
  return {
    kind: 'failed',
    code: 'KEY_COLLISION',
    message: saveFailed(
      `the entry of user '${first.userId}' with date '${first.date}' has the same key; ` +
        'rename one of the two in Firestore (only ids with an underscore can collide)',
    ),
    attempts: 1,
  };
}

/** The guide's words for a write that failed. */
function saveFailed(why: string): string {
  return `Failed to save journal data: ${why}`;
}

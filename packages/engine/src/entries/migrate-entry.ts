import {
  diffEntry,
  type EncodedItem,
  type EntryRef,
  errorTable,
  ItemArena,
  type ItemJson,
  mapEntry,
  migratedAtOfExactCopy,
  MigrationError,
  ownershipOf,
  parseItem,
  readProvenance,
  type SourceEntry,
  type StoredItem,
  type Target,
} from '@migrator/core';

import type { EngineSettings } from '../engine-context.ts';
import {
  type EntryOutcome,
  failedBy,
  type Mapped,
  saveFailed,
  unmappable,
  written,
} from './entry-outcome.ts';
import type { MigrationRun } from './migration-run.ts';
import { type PageLookup, storedAt } from './page-lookup.ts';

export type EntryTarget = Pick<Target, 'putOwned'>;

/** How often an item is sent that something else writes and deletes in between. */
const putAttempts = 5;

/**
 * One entry from its bytes to its outcome: settled by what was read, or mapped, sent, and settled by the table's answer.
 * Errors of this entry become an outcome; errors that are not this entry's fault are thrown.
 */
export async function migrateEntry(
  { target, settings }: { readonly target: EntryTarget; readonly settings: Pick<EngineSettings, 'oversize'> },
  run: MigrationRun,
  entry: SourceEntry,
  lookup: PageLookup,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  const stored = storedAt(lookup, entry);
  const settled = stored ? settleByReading(run, entry, stored) : undefined;
  if (settled !== undefined) return settled;
  const arena = ItemArena.take();
  try {
    const mapped = mapEntry(entry, { migratedAt: run.migratedAt, oversize: settings.oversize, arena });
    if (!mapped.ok) return unmappable(mapped);
    const first = lookup.firstAtKey?.get(entry);
    if (first !== undefined) return collisionWith(first);
    const outcome = await sendEntry(target, run, mapped, signal);
    // A dry run's target replaces nothing; what a real one would have replaced is what was read.
    if (run.collisions === undefined || outcome.kind !== 'created' || !stored) return outcome;
    return { ...outcome, kind: kindOfWrite(run, parseItem(stored)) };
  } finally {
    arena.giveBack();
  }
}

/** The outcome that needs no write: the item is there already, or what is there is not ours to touch. */
function settleByReading(run: MigrationRun, entry: SourceEntry, json: ItemJson): EntryOutcome | undefined {
  const migratedAt = migratedAtOfExactCopy(entry, json);
  if (migratedAt !== undefined && migratedAt <= run.migratedAt) return alreadyThere(run, migratedAt);
  const stored = parseItem(json);
  const wanted = { ...entry, migratedAt: run.migratedAt, originalTimestamp: entry.updateTime };
  const refused = settleRefusal(stored, wanted, 0);
  if (refused !== undefined) return refused;
  if (diffEntry(entry, stored).differences.length > 0) return undefined;
  return alreadyThere(run, readProvenance(stored)?.migratedAt);
}

function alreadyThere(run: MigrationRun, migratedAt: string | undefined): EntryOutcome {
  if (migratedAt !== run.migratedAt) return { kind: 'unchanged', writeUnits: 0 };
  // Written by this run before a crash took its outcome away.
  return { kind: 'created', bytes: 0, writeUnits: 0, encodedAsText: 0, warnings: 0, compressed: false };
}

/** Writes a mapped entry on condition. */
async function sendEntry(
  target: EntryTarget,
  run: MigrationRun,
  mapped: Mapped,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  const { item } = mapped;
  try {
    // An item that vanishes between the refusal and our look at it leaves its key free: once more, a few times.
    for (let attempt = 1; attempt <= putAttempts; attempt += 1) {
      const put = await target.putOwned(item, run.lease, signal);
      if (put.outcome === 'written') return written(mapped, kindOfWrite(run, put.replaced), put.writeUnits);
      const refused = put.stored === undefined ? undefined : settleRefusal(put.stored, item, put.writeUnits);
      if (refused !== undefined) return refused;
    }
    throw new MigrationError(
      'TARGET_UNAVAILABLE',
      saveFailed(`${item.dateKey} keeps being written and deleted by something else`),
    );
  } catch (error) {
    const isOfEntry = error instanceof MigrationError && errorTable[error.code].onExhausted === 'fail-entry';
    if (isOfEntry) return failedBy(error);
    throw error;
  }
}

/** An item of this very run that is replaced was written before a crash: it counts as created, not as repaired. */
function kindOfWrite(run: MigrationRun, replaced: StoredItem | undefined): 'created' | 'repaired' {
  if (replaced === undefined || readProvenance(replaced)?.migratedAt === run.migratedAt) return 'created';
  return 'repaired';
}

/** The outcome of an entry whose key holds this item; undefined where the item is ours to replace. */
function settleRefusal(
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
    case 'collision':
      return collisionWith(readProvenance(stored) ?? { userId: '', date: '' });
    case 'ours':
      return undefined;
  }
}

/** The outcome of the entry that comes second to its key. */
function collisionWith(first: EntryRef): EntryOutcome {
  const why =
    `the entry of user '${first.userId}' with date '${first.date}' has the same key; ` +
    'rename one of the two in Firestore (only ids with an underscore can collide)';
  return unmappable({ code: 'KEY_COLLISION', message: why });
}

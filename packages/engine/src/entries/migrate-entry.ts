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

/** How often an item is sent while another writer keeps creating and deleting it. */
const putAttempts = 5;

/**
 * Migrates one entry. Its outcome depends on the item that its key holds already:
 *
 * - none: `created`
 * - an exact copy: `unchanged`, or `created` if this run wrote it before a crash
 * - the migration's, of this entry, but different: overwritten, `repaired`
 * - the application's, or of unknown origin: `conflicts`, not changed
 * - of a newer run or a newer version of the document: `newer`, not changed
 * - another entry's: `failed` with KEY_COLLISION, not changed
 *
 * An item that `lookup` does not have is checked only if the condition of the write fails. Errors of this entry become
 * an outcome, all others are thrown.
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
    // A dry run's target never reports a replaced item, so use the one that was read.
    if (run.collisions === undefined || outcome.kind !== 'created' || !stored) return outcome;
    return { ...outcome, kind: kindOfWrite(run, parseItem(stored)) };
  } finally {
    arena.giveBack();
  }
}

/** The outcome that needs no write: an exact copy, or an item that the migration may not change. Else undefined. */
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
  // This run wrote it, but crashed before it recorded the outcome.
  return {
    kind: 'created',
    bytes: 0,
    writeUnits: 0,
    encodedAsText: 0,
    textAt: -1,
    warnings: [],
    compressed: false,
  };
}

/** Writes a mapped entry with the ownership condition. */
async function sendEntry(
  target: EntryTarget,
  run: MigrationRun,
  mapped: Mapped,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  const { item } = mapped;
  try {
    // If the refusing item is deleted before it can be read, the key is free: try again, a few times.
    for (let attempt = 1; attempt <= putAttempts; attempt += 1) {
      const put = await target.putOwned(item, run.lease, signal);
      if (put.outcome === 'written') return written(mapped, kindOfWrite(run, put.replaced), put.writeUnits);
      const refused = put.stored === undefined ? undefined : settleRefusal(put.stored, item, put.writeUnits);
      if (refused !== undefined) return refused;
    }
    throw new MigrationError(
      'TARGET_UNAVAILABLE',
      saveFailed(`${item.dateKey} keeps being written and deleted by another program`),
    );
  } catch (error) {
    const isOfEntry = error instanceof MigrationError && errorTable[error.code].onExhausted === 'fail-entry';
    if (isOfEntry) return failedBy(error);
    throw error;
  }
}

/** A replaced item of this same run was written before a crash: it counts as created, not as repaired. */
function kindOfWrite(run: MigrationRun, replaced: StoredItem | undefined): 'created' | 'repaired' {
  if (replaced === undefined || readProvenance(replaced)?.migratedAt === run.migratedAt) return 'created';
  return 'repaired';
}

/** The outcome of an entry whose key holds this item; undefined if the migration may overwrite it. */
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

/** The outcome of an entry whose key another entry has taken. */
function collisionWith(first: EntryRef): EntryOutcome {
  const why =
    `the entry of user '${first.userId}' with date '${first.date}' has the same key; ` +
    'rename one of the two in Firestore (only ids with an underscore can collide)';
  return unmappable({ code: 'KEY_COLLISION', message: why });
}

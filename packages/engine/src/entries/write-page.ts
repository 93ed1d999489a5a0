import {
  addTo,
  type Deltas,
  entryPath,
  failureIssue,
  type Issue,
  type ListedEntry,
  MigrationError,
  type SourceEntry,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { forEachWithLimit } from '../throttle/for-each-with-limit.ts';
import { addOutcome, type EntryOutcome, failedBy, listedAs } from './entry-outcome.ts';
import { type BatchContext, createBatch, cutIntoBatches } from './create-batch.ts';
import { type EntryTarget, migrateEntry } from './migrate-entry.ts';
import type { MigrationRun } from './migration-run.ts';
import { isOwnFault, type ProbedServices } from './outage-detection.ts';
import { lookUpPage, type PageLookup, storedAt } from './page-lookup.ts';

export interface WrittenPage {
  readonly deltas: Deltas<'migration'>;
  readonly issues: readonly Issue[];
  readonly listed: readonly ListedEntry[];
  /** So many entries from the front are settled and counted; the rest has to be done again. */
  readonly settled: number;
  /** Why it is not all of them. */
  readonly interruption?: unknown;
  /** The newest `migratedAt` of items that are newer than the run. */
  readonly newest?: string;
}

/** What writing a page uses. */
export type PageContext = ProbedServices & {
  readonly target: EntryTarget & BatchContext['target'];
  readonly writeLimit: EngineContext['writeLimit'];
  readonly settings: Pick<EngineContext['settings'], 'names' | 'oversize'>;
};

/**
 * Settles a page's entries, many at once: what seems to be new in batches, what these leave one by one. An entry with a fault of its own fails, and the others go on. When something
 * stops all of it, what was begun is finished. The result is then the unbroken row of settled entries from the front;
 * entries settled behind a gap are done again, which changes nothing.
 */
export async function writePage(
  context: PageContext,
  run: MigrationRun,
  task: string,
  entries: readonly SourceEntry[],
  signal: AbortSignal,
): Promise<WrittenPage> {
  let lookup: PageLookup;
  try {
    lookup = await lookUpPage(context, run, entries, signal);
  } catch (error) {
    return { deltas: {}, issues: [], listed: [], settled: 0, interruption: error };
  }
  const outcomes: Outcomes = new Map();
  let batchUnits = 0;
  const batches = run.inBatches ? cutIntoBatches(entries.filter((entry) => isNew(lookup, entry))) : [];
  /** Entries with a fault of their own. */
  const again: SourceEntry[] = [];
  const settle = async (entry: SourceEntry, onOwnFault: (error: unknown) => void): Promise<void> => {
    throwIfAborted(signal);
    try {
      outcomes.set(entry, await migrateEntry(context, run, entry, lookup, signal));
    } catch (error) {
      if (!(await isOwnFault(context, run, error, signal))) throw error;
      onOwnFault(error);
    }
  };
  let interruption: unknown;
  try {
    await forEachWithLimit(context.writeLimit, batches.length, async (index) => {
      throwIfAborted(signal);
      const batch = batches[index]!;
      const created = await createBatch(context, run, batch, signal);
      batchUnits += created.writeUnits;
      for (const [at, outcome] of created.outcomes.entries())
        if (outcome !== undefined) outcomes.set(batch[at]!, outcome);
    });
    const left = entries.filter((entry) => !outcomes.has(entry));
    await forEachWithLimit(context.writeLimit, left.length, (index) => {
      const entry = left[index]!;
      return settle(entry, () => again.push(entry));
    });
    // The service may have come back just before it was asked: an entry that fails again beside others fails for good.
    await forEachWithLimit(context.writeLimit, again.length, (index) => {
      const entry = again[index]!;
      return settle(entry, (error) => outcomes.set(entry, failedBy(error)));
    });
  } catch (error) {
    interruption = error;
  }
  const page = { task, entries, names: context.settings.names };
  return { ...sumUp(page, outcomes, { readUnits: lookup.readUnits, batchUnits }), interruption };
}

type Outcomes = Map<SourceEntry, EntryOutcome>;

/** Whether nothing is known against creating its item. */
function isNew(lookup: PageLookup, entry: SourceEntry): boolean {
  return !storedAt(lookup, entry) && lookup.firstAtKey?.has(entry) !== true;
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new MigrationError('ABORTED', 'stopped from outside');
}

/** The settled entries from the front. */
function sumUp(
  page: { task: string; entries: readonly SourceEntry[]; names: PageContext['settings']['names'] },
  outcomes: Outcomes,
  { readUnits, batchUnits }: { readonly readUnits: number; readonly batchUnits: number },
): WrittenPage {
  const deltas: Deltas<'migration'> = {};
  if (readUnits > 0) addTo(deltas, 'readUnits', Math.ceil(readUnits));
  if (batchUnits > 0) addTo(deltas, 'writeUnits', batchUnits);
  const issues: Issue[] = [];
  const listed: ListedEntry[] = [];
  let settled = 0;
  let newest: string | undefined;
  for (const entry of page.entries) {
    const outcome = outcomes.get(entry);
    if (outcome === undefined) break;
    settled += 1;
    addOutcome(deltas, outcome);
    for (const kind of listedAs(outcome)) listed.push({ kind, key: entry.date });
    if (outcome.kind === 'newer' && (outcome.migratedAt ?? '') > (newest ?? '')) newest = outcome.migratedAt;
    if (outcome.kind !== 'failed') continue;
    const path = entryPath(entry, page.names);
    issues.push(failureIssue(page.task, entry.date, { ...outcome, path }));
  }
  return { deltas, issues, listed, settled, newest };
}

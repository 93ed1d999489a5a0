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
  /** The number of entries from the front that have an outcome and are counted; the rest has to be repeated. */
  readonly settled: number;
  /** Why not all have one. */
  readonly interruption?: unknown;
  /** The newest `migratedAt` of items that are newer than the run. */
  readonly newest?: string;
}

/** The context of writing a page. */
export type PageContext = ProbedServices & {
  readonly target: EntryTarget & BatchContext['target'];
  readonly writeLimit: EngineContext['writeLimit'];
  readonly settings: Pick<EngineContext['settings'], 'names' | 'oversize'>;
};

/**
 * Migrates a page's entries concurrently: probably new ones in batches, the rest one by one. An entry that causes an
 * error itself fails, and the others continue. If something stops the page, writes in flight are awaited. The result
 * then covers the entries from the front up to the first one without an outcome. Later ones are repeated, which is
 * idempotent.
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
  /** Entries that caused an error themselves. */
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
    // The service may have recovered just before the probe, so try these again. An entry that fails again now fails.
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

/** Whether no item is known to exist for the entry. */
function isNew(lookup: PageLookup, entry: SourceEntry): boolean {
  return !storedAt(lookup, entry) && lookup.firstAtKey?.has(entry) !== true;
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new MigrationError('ABORTED', 'the task was stopped');
}

/** The result for the entries with an outcome from the front. */
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
    listed.push(...listedAs(outcome, entry));
    if (outcome.kind === 'newer' && (outcome.migratedAt ?? '') > (newest ?? '')) newest = outcome.migratedAt;
    if (outcome.kind !== 'failed') continue;
    const path = entryPath(entry, page.names);
    issues.push(failureIssue(page.task, entry.date, { ...outcome, path }));
  }
  return { deltas, issues, listed, settled, newest };
}

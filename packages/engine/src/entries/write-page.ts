import {
  addTo,
  type Deltas,
  entryPath,
  failureIssue,
  type Issue,
  MigrationError,
  type SourceEntry,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { forEachWithLimit } from '../throttle/for-each-with-limit.ts';
import { addOutcome, type EntryOutcome, failedBy } from './entry-outcome.ts';
import { type EntryTarget, migrateEntry } from './migrate-entry.ts';
import type { MigrationRun } from './migration-run.ts';
import { isOwnFault, type ProbedServices } from './outage-detection.ts';
import { lookUpPage, type PageLookup } from './page-lookup.ts';

export interface WrittenPage {
  readonly deltas: Deltas<'migration'>;
  readonly issues: readonly Issue[];
  /** So many entries from the front are settled and counted; the rest has to be done again. */
  readonly settled: number;
  /** Why it is not all of them. */
  readonly interruption?: unknown;
  /** The newest `migratedAt` of items that are newer than the run. */
  readonly newest?: string;
}

/** What writing a page uses. */
export type PageContext = ProbedServices & {
  readonly target: EntryTarget;
  readonly writeLimit: EngineContext['writeLimit'];
  readonly settings: Pick<EngineContext['settings'], 'names' | 'oversize'>;
};

/**
 * Settles a page's entries, many at once. An entry with a fault of its own fails, and the others go on. When something
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
    return { deltas: {}, issues: [], settled: 0, interruption: error };
  }
  const outcomes: (EntryOutcome | undefined)[] = Array.from({ length: entries.length });
  /** Entries with a fault of their own. */
  const again: number[] = [];
  const settle = async (index: number, onOwnFault: (error: unknown) => void): Promise<void> => {
    if (signal.aborted) throw new MigrationError('ABORTED', 'stopped from outside');
    try {
      outcomes[index] = await migrateEntry(context, run, entries[index]!, lookup, signal);
    } catch (error) {
      if (!(await isOwnFault(context, run, error, signal))) throw error;
      onOwnFault(error);
    }
  };
  let interruption: unknown;
  try {
    await forEachWithLimit(context.writeLimit, entries.length, (index) =>
      settle(index, () => again.push(index)),
    );
    // The service may have come back just before it was asked: an entry that fails again beside others fails for good.
    await forEachWithLimit(context.writeLimit, again.length, (at) => {
      const index = again[at]!;
      return settle(index, (error) => (outcomes[index] = failedBy(error)));
    });
  } catch (error) {
    interruption = error;
  }
  const page = { task, entries, names: context.settings.names };
  return { ...sumUp(page, outcomes, lookup.readUnits), interruption };
}

/** The settled entries from the front. */
function sumUp(
  page: { task: string; entries: readonly SourceEntry[]; names: PageContext['settings']['names'] },
  outcomes: readonly (EntryOutcome | undefined)[],
  readUnits: number,
): WrittenPage {
  const deltas: Deltas<'migration'> = {};
  if (readUnits > 0) addTo(deltas, 'readUnits', Math.ceil(readUnits));
  const issues: Issue[] = [];
  let settled = 0;
  let newest: string | undefined;
  for (const outcome of outcomes) {
    const entry = page.entries[settled];
    if (outcome === undefined || entry === undefined) break;
    settled += 1;
    addOutcome(deltas, outcome);
    if (outcome.kind === 'newer' && (outcome.migratedAt ?? '') > (newest ?? '')) newest = outcome.migratedAt;
    if (outcome.kind !== 'failed') continue;
    const path = entryPath(entry, page.names);
    issues.push(failureIssue(page.task, entry.date, { ...outcome, path }));
  }
  return { deltas, issues, settled, newest };
}

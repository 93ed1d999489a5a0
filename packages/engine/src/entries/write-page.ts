import {
  addTo,
  dateKey,
  type Deltas,
  entryPath,
  type EntryRef,
  failureIssue,
  type FoundItems,
  isStorableKey,
  type Issue,
  type ItemJson,
  MigrationError,
  type SourceEntry,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { isOwnFault } from '../tasks/outage-detection.ts';
import { addOutcome, type EntryOutcome } from './entry-outcome.ts';
import { forEachWithLimit } from '../throttle/for-each-with-limit.ts';
import type { MigrationRun } from './migration-run.ts';
import { collisionWith, migrateEntry } from './migrate-entry.ts';

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

/**
 * Settles a page's entries, many at once. One that meets trouble of its own fails, and the others go on. When something
 * stops all of it, what was begun is finished and the unbroken row of settled entries from the front is the result;
 * entries settled behind a gap are done again, which changes nothing.
 */
export async function writePage(
  context: EngineContext,
  run: MigrationRun,
  task: string,
  entries: readonly SourceEntry[],
  signal: AbortSignal,
): Promise<WrittenPage> {
  const deltas: Deltas<'migration'> = {};
  let stored: ReadonlyMap<string, ItemJson> | undefined;
  const unread = new Set<string>();
  if (run.readFirst && entries.length > 0) {
    try {
      const keys = [...new Set(entries.map((entry) => dateKey(entry)))].filter(isStorableKey);
      const read = await readStored(context, run, keys, unread, signal);
      stored = read.items;
      addTo(deltas, 'readUnits', Math.ceil(read.readUnits));
    } catch (error) {
      return { deltas: {}, issues: [], settled: 0, interruption: error };
    }
  }
  let second: ReadonlyMap<SourceEntry, EntryRef> | undefined;
  try {
    const free = entries.filter((entry) => stored?.has(dateKey(entry)) !== true);
    second = await run.collisions?.among(free);
  } catch (error) {
    return { deltas: {}, issues: [], settled: 0, interruption: error };
  }
  const outcomes: (EntryOutcome | undefined)[] = Array.from({ length: entries.length });
  /** Entries that met trouble of their own. */
  const again: number[] = [];
  const settle = async (index: number, onOwnFault: (error: unknown) => void): Promise<void> => {
    if (signal.aborted) throw new MigrationError('ABORTED', 'stopped from outside');
    const entry = entries[index]!;
    const first = second?.get(entry);
    const key = dateKey(entry);
    const before = stored === undefined || unread.has(key) ? undefined : (stored.get(key) ?? null);
    try {
      const outcome = await migrateEntry(context, run, entry, before, signal);
      // What can't be an item fails for that, whoever has its key.
      const isSecond = first !== undefined && outcome.kind !== 'failed';
      outcomes[index] = isSecond ? collisionWith(first) : outcome;
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
    // The service may have come back just before it was asked: whoever fails once more beside others fails for good.
    await forEachWithLimit(context.writeLimit, again.length, (at) => {
      const index = again[at]!;
      return settle(index, (error) => (outcomes[index] = failureOf(error)));
    });
  } catch (error) {
    interruption = error;
  }
  return collect(context, task, entries, outcomes, deltas, interruption);
}

/**
 * What is there already. Where the request for all of it fails, and not by an outage, the keys are asked for one by one; what
 * even then can't be read is `unread`, and the condition of its write decides.
 */
async function readStored(
  context: EngineContext,
  run: MigrationRun,
  keys: readonly string[],
  unread: Set<string>,
  signal: AbortSignal,
): Promise<FoundItems> {
  const { target, writeLimit } = context;
  try {
    return await target.getItems(keys, signal);
  } catch (error) {
    if (!(await isOwnFault(context, run, error, signal))) throw error;
  }
  const items = new Map<string, ItemJson>();
  let readUnits = 0;
  await forEachWithLimit(writeLimit, keys.length, async (index) => {
    const key = keys[index]!;
    try {
      const found = await target.getItems([key], signal);
      for (const [at, item] of found.items) items.set(at, item);
      readUnits += found.readUnits;
    } catch (error) {
      if (!(await isOwnFault(context, run, error, signal))) throw error;
      unread.add(key);
    }
  });
  return { items, readUnits };
}

function failureOf(error: unknown): EntryOutcome {
  return {
    kind: 'failed',
    code: MigrationError.codeOf(error),
    message: error instanceof Error ? error.message : String(error),
    attempts: error instanceof MigrationError ? error.attempts : 1,
  };
}

function collect(
  context: EngineContext,
  task: string,
  entries: readonly SourceEntry[],
  outcomes: readonly (EntryOutcome | undefined)[],
  deltas: Deltas<'migration'>,
  interruption: unknown,
): WrittenPage {
  const issues: Issue[] = [];
  let settled = 0;
  let newest: string | undefined;
  for (const outcome of outcomes) {
    const entry = entries[settled];
    if (outcome === undefined || entry === undefined) break;
    settled += 1;
    addOutcome(deltas, outcome);
    if (outcome.kind === 'newer' && (outcome.migratedAt ?? '') > (newest ?? '')) newest = outcome.migratedAt;
    if (outcome.kind !== 'failed') continue;
    const path = entryPath(entry, context.settings.names);
    issues.push(failureIssue(task, entry.date, { ...outcome, path }));
  }
  return {
    deltas,
    issues,
    settled,
    interruption,
    newest,
  };
}

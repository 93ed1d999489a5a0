import {
  dateKey,
  type EntryRef,
  type FoundItems,
  isStorableKey,
  type ItemJson,
  type SourceEntry,
  type Target,
} from '@migrator/core';

import type { AdaptiveConcurrencyLimit } from '../throttle/adaptive-concurrency-limit.ts';
import { forEachWithLimit } from '../throttle/for-each-with-limit.ts';
import type { MigrationRun } from './migration-run.ts';
import { isOwnFault, type ProbedServices } from './outage-detection.ts';

/** What was read about a page's entries before any of them is written. */
export interface PageLookup {
  /** By key; undefined if the table was not read. */
  readonly items: ReadonlyMap<string, ItemJson> | undefined;
  /** Keys that could not be read; for these the condition of the write decides. */
  readonly unread: ReadonlySet<string>;
  readonly readUnits: number;
  /** In a dry run: for each entry that shares its key, the entry that takes it first. */
  readonly firstAtKey: ReadonlyMap<SourceEntry, EntryRef> | undefined;
}

const nothingUnread: ReadonlySet<string> = new Set();

type LookupContext = ProbedServices & {
  readonly target: Pick<Target, 'getItems'>;
  readonly writeLimit: AdaptiveConcurrencyLimit;
};

export async function lookUpPage(
  context: LookupContext,
  run: MigrationRun,
  entries: readonly SourceEntry[],
  signal: AbortSignal,
): Promise<PageLookup> {
  const read =
    run.readFirst && entries.length > 0 ? await readItems(context, run, entries, signal) : undefined;
  const free = (): SourceEntry[] => entries.filter((entry) => read?.items.has(dateKey(entry)) !== true);
  return {
    items: read?.items,
    unread: read?.unread ?? nothingUnread,
    readUnits: read?.readUnits ?? 0,
    firstAtKey: await run.collisions?.among(free()),
  };
}

/** The item with an entry's key; `null` if there is none; undefined if it was not read. */
export function storedAt({ items, unread }: PageLookup, entry: SourceEntry): ItemJson | null | undefined {
  if (items === undefined) return undefined;
  const key = dateKey(entry);
  return unread.has(key) ? undefined : (items.get(key) ?? null);
}

/** If the request for all keys fails, and not because of an outage, they are read one by one. */
async function readItems(
  context: LookupContext,
  run: MigrationRun,
  entries: readonly SourceEntry[],
  signal: AbortSignal,
): Promise<FoundItems & { readonly unread: ReadonlySet<string> }> {
  const { target, writeLimit } = context;
  const keys = [...new Set(entries.map((entry) => dateKey(entry)))].filter(isStorableKey);
  try {
    return { ...(await target.getItems(keys, signal)), unread: nothingUnread };
  } catch (error) {
    if (!(await isOwnFault(context, run, error, signal))) throw error;
  }
  const items = new Map<string, ItemJson>();
  const unread = new Set<string>();
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
  return { items, readUnits, unread };
}

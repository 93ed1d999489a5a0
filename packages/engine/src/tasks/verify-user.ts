import {
  addTo,
  type Counter,
  dateKey,
  type Deltas,
  diffEntry,
  entryPath,
  type FieldDifference,
  isExactCopy,
  isStorableKey,
  type Issue,
  type ItemJson,
  parseItem,
  readProvenance,
  type SourceEntry,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { readPages } from '../entries/read-pages.ts';
import { cursorAfter, endOfEntries, entriesAfter } from './entry-cursor.ts';
import { SetDigest } from './set-digest.ts';
import type { TaskStart, TaskWork } from './page-result.ts';

/**
 * The forward pass of a verification: compares every entry of one user with its item, field by field. Adds the items
 * to the set digest, which the reverse pass has to match.
 */
export async function* verifyUser(
  context: Pick<EngineContext, 'source' | 'target' | 'settings'>,
  userId: string,
  setKey: string,
  start: TaskStart,
): TaskWork {
  const { pageEntries, pageBytes } = context.settings;
  const after = entriesAfter(start.cursor);
  const from = after === undefined ? {} : { after };
  for await (const page of readPages(context.source, {
    userId,
    pageEntries,
    pageBytes,
    signal: start.signal,
    ...from,
  })) {
    const keys = page.entries.map((entry) => dateKey(entry));
    const { items, free } = await context.target.getItems(keys.filter(isStorableKey), start.signal);
    const deltas: Deltas<'verification'> = {};
    const found = new SetDigest(setKey, 1);
    const issues: Issue[] = [];
    let matches = 0;
    for (const [index, entry] of page.entries.entries()) {
      const key = keys[index]!;
      const finding = findingOf(entry, items.get(key));
      if (finding.own) found.add(key, entry);
      if (finding.kind === 'matched') {
        matches++;
        continue;
      }
      if (finding.kind !== 'missing') addTo(deltas, 'items');
      addTo(deltas, finding.kind);
      const detail = { path: entryPath(entry, context.settings.names), dateKey: key, fields: finding.fields };
      issues.push({ task: start.task, key: entry.date, code: finding.kind, detail });
    }
    // What is still needed of the items has been copied to strings.
    free?.();
    addTo(deltas, 'entries', page.entries.length);
    addTo(deltas, 'items', matches);
    addTo(deltas, 'matched', matches);
    const lastDate = page.entries.at(-1)?.date;
    const cursor = page.more && lastDate !== undefined ? cursorAfter(lastDate) : endOfEntries;
    yield { deltas: { ...deltas, ...found.deltas() }, issues, cursor, last: !page.more };
  }
}

interface Finding {
  readonly kind: Extract<
    Counter<'verification'>,
    'matched' | 'missing' | 'different' | 'source-changed' | 'target-changed'
  >;
  readonly fields: readonly FieldDifference[];
  /** The migration owns the item, and it is this entry's. */
  readonly own: boolean;
}

const matched: Finding = { kind: 'matched', fields: [], own: true };

function findingOf(entry: SourceEntry, json: ItemJson | undefined): Finding {
  if (json === undefined) return { kind: 'missing', fields: [], own: false };
  if (isExactCopy(entry, json)) return matched;
  const stored = parseItem(json);
  const provenance = readProvenance(stored);
  if (provenance === undefined) return { kind: 'target-changed', fields: [], own: false };
  // The key holds another entry's item, so this entry has none.
  if (provenance.userId !== entry.userId || provenance.date !== entry.date)
    return { kind: 'missing', fields: [], own: false };
  const { differences } = diffEntry(entry, stored);
  if (differences.length === 0) return matched;
  const changedSince = provenance.originalTimestamp < entry.updateTime;
  return { kind: changedSince ? 'source-changed' : 'different', fields: differences, own: true };
}

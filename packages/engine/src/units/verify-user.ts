import {
  addTo,
  compareEntry,
  type Counter,
  dateKey,
  type Deltas,
  entryPath,
  type FieldDifference,
  isStorableKey,
  type Issue,
  readStamp,
  type SourceEntry,
  type StoredItem,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { readPages } from '../entries/read-pages.ts';
import { cursorAfter, endOfEntries, entriesAfter } from './entry-cursor.ts';
import type { UnitStart, UnitWork } from './page-result.ts';

/** The way there of a verification: every entry of one user against the item that should hold it, field by field. */
export async function* verifyUser(context: EngineContext, userId: string, start: UnitStart): UnitWork {
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
    const keys = [...new Set(page.entries.map((entry) => dateKey(entry)))].filter(isStorableKey);
    const { items } = await context.target.getItems(keys, start.signal);
    const deltas: Deltas<'verification'> = {};
    const issues: Issue[] = [];
    for (const entry of page.entries) {
      const key = dateKey(entry);
      const finding = findingOf(entry, items.get(key));
      addTo(deltas, 'entries');
      if (finding.kind !== 'missing') addTo(deltas, 'items');
      addTo(deltas, finding.kind);
      if (finding.kind === 'matched') continue;
      const detail = { path: entryPath(entry, context.settings.names), dateKey: key, fields: finding.fields };
      issues.push({ unit: start.unit, key: entry.date, code: finding.kind, detail });
    }
    const lastDate = page.entries.at(-1)?.date;
    const cursor = page.more && lastDate !== undefined ? cursorAfter(lastDate) : endOfEntries;
    yield { deltas, issues, cursor, last: !page.more };
  }
}

interface Finding {
  readonly kind: Extract<
    Counter<'verification'>,
    'matched' | 'missing' | 'different' | 'source-changed' | 'target-changed'
  >;
  readonly fields: readonly FieldDifference[];
}

function findingOf(entry: SourceEntry, stored: StoredItem | undefined): Finding {
  if (stored === undefined) return { kind: 'missing', fields: [] };
  const stamp = readStamp(stored);
  if (stamp === undefined) return { kind: 'target-changed', fields: [] };
  // The key holds another entry's item: this one has none.
  if (stamp.userId !== entry.userId || stamp.date !== entry.date) return { kind: 'missing', fields: [] };
  const { differences } = compareEntry(entry, stored);
  if (differences.length === 0) return { kind: 'matched', fields: [] };
  const changedSince = stamp.originalTimestamp < entry.updateTime;
  return { kind: changedSince ? 'source-changed' : 'different', fields: differences };
}

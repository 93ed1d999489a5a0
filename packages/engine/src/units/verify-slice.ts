import {
  addTo,
  type Deltas,
  entryPath,
  type Issue,
  type Unit,
  type VerificationRequest,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { asOwned, type OwnedItem } from '../entries/journal-items.ts';
import { withoutEntry } from '../entries/without-entry.ts';
import { ItemSet } from './item-set.ts';
import type { UnitStart, UnitWork } from './page-result.ts';
import { scanSlice } from './scan-slice.ts';

type Slice = Extract<Unit, { type: 'slice' }>;

/**
 * The way back of a verification: the owned items of one segment of the table. Whether they are just those that the entries
 * led to shows when all segments are through, and nobody has to be asked about any of them.
 */
export async function* verifySlice(
  context: EngineContext,
  slice: Slice,
  request: VerificationRequest,
  setKey: string,
  start: UnitStart,
): UnitWork {
  for await (const page of ownedItems(context, slice, request, start)) {
    const found = new ItemSet(setKey, -1);
    for (const { dateKey, stamp } of page.owned) found.add(dateKey, stamp);
    yield { ...page.rest, deltas: { scanned: page.scanned, ...found.deltas() } };
  }
}

/** The close look at a segment, where the way back has not come upon just the same items: those without an entry, by name. */
export async function* verifySliceClosely(
  context: EngineContext,
  slice: Slice,
  request: VerificationRequest,
  start: UnitStart,
): UnitWork {
  for await (const page of ownedItems(context, slice, request, start)) {
    const strays = await withoutEntry(context.source, page.owned, start.signal);
    const deltas: Deltas<'verification'> = { rescanned: page.scanned };
    if (strays.length > 0) {
      addTo(deltas, 'unexpected', strays.length);
      addTo(deltas, 'items', strays.length);
    }
    const issues = strays.map((item) => unexpected(context, start.unit, item));
    yield { ...page.rest, deltas, issues };
  }
}

interface OwnedPage {
  readonly owned: readonly OwnedItem[];
  readonly scanned: number;
  readonly rest: { readonly last: boolean; readonly cursor?: string };
}

/** By pages, the owned items of the users that are asked for. */
async function* ownedItems(
  context: EngineContext,
  slice: Slice,
  request: VerificationRequest,
  start: UnitStart,
): AsyncGenerator<OwnedPage, void, void> {
  const users = request.userIds === undefined ? undefined : new Set(request.userIds);
  for await (const page of scanSlice(context.target, slice, start, { keysOnly: true, limit: 1_000 })) {
    const owned = page.items
      .map((item) => asOwned(item))
      .filter((item) => item !== undefined)
      .filter(({ stamp }) => users === undefined || users.has(stamp.userId));
    const { items, ...rest } = page;
    yield { owned, scanned: items.length, rest };
  }
}

function unexpected(context: EngineContext, unit: string, item: OwnedItem): Issue {
  const path = entryPath(item.stamp, context.settings.names);
  return { unit, key: item.dateKey, code: 'unexpected', detail: { path, dateKey: item.dateKey, fields: [] } };
}

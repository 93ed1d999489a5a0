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
import type { UnitStart, UnitWork } from './page-result.ts';
import { scanSlice } from './scan-slice.ts';

/** The way back of a verification: owned items of one segment of the table that have no entry in Firestore. */
export async function* verifySlice(
  context: EngineContext,
  slice: Extract<Unit, { type: 'slice' }>,
  request: VerificationRequest,
  start: UnitStart,
): UnitWork {
  const users = request.userIds === undefined ? undefined : new Set(request.userIds);
  for await (const page of scanSlice(context.target, slice, start, { keysOnly: true, limit: 1_000 })) {
    const owned = page.items
      .map((item) => asOwned(item))
      .filter((item) => item !== undefined)
      .filter(({ stamp }) => users === undefined || users.has(stamp.userId));
    const strays = await withoutEntry(context.source, owned, start.signal);
    const deltas: Deltas<'verification'> = { scanned: page.items.length };
    if (strays.length > 0) {
      addTo(deltas, 'unexpected', strays.length);
      addTo(deltas, 'items', strays.length);
    }
    const issues = strays.map((item) => unexpected(context, start.unit, item));
    yield { deltas, issues, last: page.last, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
  }
}

function unexpected(context: EngineContext, unit: string, item: OwnedItem): Issue {
  const path = entryPath(item.stamp, context.settings.names);
  return { unit, key: item.dateKey, code: 'unexpected', detail: { path, dateKey: item.dateKey, fields: [] } };
}

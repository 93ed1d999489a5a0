import { addTo, type Deltas, type PruneRequest, type Unit } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { inSlots } from '../entries/in-slots.ts';
import { asOwned } from '../entries/journal-items.ts';
import { withoutEntry } from '../entries/without-entry.ts';
import type { UnitStart, UnitWork } from './page-result.ts';
import { scanSlice } from './scan-slice.ts';

/** Removes, from one segment of the table, owned items whose entry Firestore no longer holds. */
export async function* pruneSlice(
  context: EngineContext,
  slice: Extract<Unit, { type: 'slice' }>,
  request: PruneRequest,
  start: UnitStart,
): UnitWork {
  const users = request.userIds === undefined ? undefined : new Set(request.userIds);
  for await (const page of scanSlice(context.target, slice, start, { keysOnly: true, limit: 500 })) {
    const owned = page.items
      .map((item) => asOwned(item))
      .filter((item) => item !== undefined)
      .filter(({ stamp, atItsOwnKey }) => atItsOwnKey && (users === undefined || users.has(stamp.userId)));
    const deltas: Deltas<'prune'> = { scanned: page.items.length };
    const strays = await withoutEntry(context.source, owned, start.signal);
    await inSlots(context.writeSlots, strays.length, async (index) => {
      const { stamp, dateKey } = strays[index]!;
      const { userId, date, migratedAt } = stamp;
      const result = await context.target.deleteOwned({ dateKey, userId, date, migratedAt }, start.signal);
      addTo(deltas, result.outcome === 'deleted' ? 'deleted' : 'kept');
      addTo(deltas, 'writeUnits', result.writeUnits);
    });
    yield { deltas, last: page.last, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
  }
}

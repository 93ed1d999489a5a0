import {
  addTo,
  type Counter,
  type DeleteResult,
  type Deltas,
  type Issue,
  migratedAtOf,
  MigrationError,
  type RollbackRequest,
  storedItemSize,
  type StoredItem,
  type Unit,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { inSlots } from '../entries/in-slots.ts';
import { asOwned, dateKeyOf, type OwnedItem } from '../entries/journal-items.ts';
import type { UnitStart, UnitWork } from './page-result.ts';
import { scanSlice } from './scan-slice.ts';

type Fate = Extract<
  Counter<'rollback'>,
  'deleted' | 'keptChanged' | 'keptForeign' | 'keptOtherRun' | 'keptMisplaced'
>;

/**
 * Takes back what the migration wrote in one segment of the table, each item on condition that it is still the
 * migration's. A dry run decides in the same way and deletes nothing.
 */
export async function* rollBackSlice(
  context: EngineContext,
  slice: Extract<Unit, { type: 'slice' }>,
  request: RollbackRequest,
  start: UnitStart,
): UnitWork {
  const migratedAt = request.migrationId === undefined ? undefined : migratedAtOf(request.migrationId);
  // Sizes are told beforehand only; a real rollback need not read the items whole.
  for await (const page of scanSlice(context.target, slice, start, {
    keysOnly: !request.dryRun,
    limit: 500,
  })) {
    const deltas: Deltas<'rollback'> = { scanned: page.items.length };
    const issues: Issue[] = [];
    const settle = async (item: StoredItem): Promise<void> => {
      const owned = asOwned(item);
      let fate = fateOf(item, owned, migratedAt);
      if (fate === 'deleted' && owned !== undefined) {
        if (request.dryRun) addTo(deltas, 'bytes', storedItemSize(item));
        else {
          const result = await remove(context, owned, migratedAt, start.signal);
          addTo(deltas, 'writeUnits', result.writeUnits);
          // It was saved by the application between our look and the delete. Gone altogether: nothing left to do.
          if (result.outcome === 'refused') {
            if (result.stored === undefined) return;
            fate = fateOf(result.stored, asOwned(result.stored), migratedAt);
          }
        }
      }
      addTo(deltas, fate);
      issues.push({
        unit: start.unit,
        key: dateKeyOf(item),
        code: fate,
        detail: { dateKey: dateKeyOf(item) },
      });
    };
    try {
      await inSlots(context.writeSlots, page.items.length, async (index) => {
        if (start.signal.aborted) throw new MigrationError('ABORTED', 'stopped from outside');
        await settle(page.items[index]!);
      });
    } catch (interruption) {
      // What was deleted is gone and is counted; the page is scanned again and the rest of it goes then.
      yield { deltas: deletedOnly(deltas), last: false };
      throw interruption;
    }
    const kept = request.dryRun ? issues : issues.filter((issue) => issue.code !== 'deleted');
    yield {
      deltas,
      issues: kept,
      last: page.last,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    };
  }
}

function fateOf(item: StoredItem, owned: OwnedItem | undefined, migratedAt: string | undefined): Fate {
  if (owned === undefined) return bearsOurMark(item) ? 'keptChanged' : 'keptForeign';
  if (!owned.atItsOwnKey) return 'keptMisplaced';
  if (migratedAt !== undefined && owned.stamp.migratedAt !== migratedAt) return 'keptOtherRun';
  return 'deleted';
}

/** Not owned any more, yet once ours: the application has saved it since. */
function bearsOurMark(item: StoredItem): boolean {
  const data = item['data'];
  const metadata = data !== undefined && 'M' in data ? data.M['metadata'] : undefined;
  return metadata !== undefined && 'M' in metadata && metadata.M['migratedFrom'] !== undefined;
}

function remove(
  context: EngineContext,
  owned: OwnedItem,
  migratedAt: string | undefined,
  signal: AbortSignal,
): Promise<DeleteResult> {
  const { userId, date } = owned.stamp;
  const only = migratedAt === undefined ? {} : { migratedAt };
  return context.target.deleteOwned({ userId, date, dateKey: owned.dateKey, ...only }, signal);
}

function deletedOnly(deltas: Deltas<'rollback'>): Deltas<'rollback'> {
  return { deleted: deltas.deleted ?? 0, writeUnits: deltas.writeUnits ?? 0 };
}

import {
  addTo,
  type Counter,
  type Deltas,
  entryPath,
  type EntryRef,
  type Issue,
  migratedAtOf,
  type OwnedItemRef,
  type RollbackRequest,
  isCopy,
  mapOf,
  storedItemSize,
  textOf,
  type StoredItem,
  type Task,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { asOwned, dateKeyOf, type OwnedItem } from '../entries/journal-items.ts';
import { deleteSegment } from './delete-segment.ts';
import type { TaskStart, TaskWork } from './page-result.ts';

type Fate = Extract<
  Counter<'rollback'>,
  'deleted' | 'keptChanged' | 'keptForeign' | 'keptOtherRun' | 'keptMisplaced'
>;

/**
 * Takes back what the migration wrote in one segment of the table, each item on condition that it is still the
 * migration's. A dry run decides in the same way and deletes nothing.
 */
export function rollBackSegment(
  context: Pick<EngineContext, 'target' | 'writeLimit' | 'settings'>,
  segment: Extract<Task, { type: 'segment' }>,
  request: RollbackRequest,
  start: TaskStart,
): TaskWork {
  const { dryRun } = request;
  const migratedAt = request.migrationId === undefined ? undefined : migratedAtOf(request.migrationId);
  const issueOf = (dateKey: string, fate: string, entry?: EntryRef): Issue => ({
    task: start.task,
    key: dateKey,
    code: fate,
    detail: { dateKey, path: entry && entryPath(entry, context.settings.names) },
  });
  return deleteSegment(context, segment, start, {
    dryRun,
    // Sizes are told beforehand only; a real rollback need not read the items whole.
    keysOnly: !dryRun,
    async select(items) {
      const deltas: Deltas<'rollback'> = {};
      const doomed: OwnedItemRef[] = [];
      const issues: Issue[] = [];
      for (const item of items) {
        const owned = asOwned(item);
        const fate = fateOf(item, owned, migratedAt);
        if (fate === 'deleted' && owned !== undefined) {
          if (dryRun) addTo(deltas, 'bytes', storedItemSize(item));
          doomed.push(refOf(owned, migratedAt));
        } else {
          addTo(deltas, fate);
          issues.push(issueOf(dateKeyOf(item), fate, entryOf(item)));
        }
      }
      return { doomed, deltas, issues };
    },
    stillDoomed: async (refs) => ({ doomed: refs, deltas: {}, issues: [] }),
    outcomeOf(stored) {
      const fate = fateOf(stored, asOwned(stored), migratedAt);
      return fate === 'deleted' ? 'again' : fate;
    },
    // A real rollback lists what it kept: what it deleted would leave no room for that.
    issueOf: (dateKey, ref, fate) =>
      fate === 'deleted' && !dryRun ? undefined : issueOf(dateKey, fate, ref),
  });
}

function fateOf(item: StoredItem, owned: OwnedItem | undefined, migratedAt: string | undefined): Fate {
  // A copy that is not owned: the application has saved it since.
  if (owned === undefined) return isCopy(item) ? 'keptChanged' : 'keptForeign';
  if (!owned.atItsOwnKey) return 'keptMisplaced';
  if (migratedAt !== undefined && owned.provenance.migratedAt !== migratedAt) return 'keptOtherRun';
  return 'deleted';
}

function refOf({ provenance, dateKey }: OwnedItem, migratedAt: string | undefined): OwnedItemRef {
  const { userId, date } = provenance;
  return { userId, date, dateKey, migratedAt };
}

/** The entry that an item names; the application may have saved it last. */
function entryOf(item: StoredItem): EntryRef | undefined {
  const data = mapOf(item['data']);
  const [userId, date] = [textOf(data?.['userId']), textOf(data?.['date'])];
  return userId === undefined || date === undefined ? undefined : { userId, date };
}

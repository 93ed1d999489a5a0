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
 * Deletes the items of one segment that the migration still owns; DynamoDB checks that condition with each delete. A
 * dry run makes the same decisions and deletes nothing.
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
    // Only a dry run reports sizes; a real rollback need not read whole items.
    keysOnly: !dryRun,
    async select(items) {
      const deltas: Deltas<'rollback'> = {};
      const deletable: OwnedItemRef[] = [];
      const issues: Issue[] = [];
      for (const item of items) {
        const owned = asOwned(item);
        const fate = fateOf(item, owned, migratedAt);
        if (fate === 'deleted' && owned !== undefined) {
          if (dryRun) addTo(deltas, 'bytes', storedItemSize(item));
          deletable.push(refOf(owned, migratedAt));
        } else {
          addTo(deltas, fate);
          issues.push(issueOf(dateKeyOf(item), fate, entryOf(item)));
        }
      }
      return { deletable, deltas, issues };
    },
    selectDeletable: async (refs) => ({ deletable: refs, deltas: {}, issues: [] }),
    outcomeOf(stored) {
      const fate = fateOf(stored, asOwned(stored), migratedAt);
      return fate === 'deleted' ? 'again' : fate;
    },
    // A real rollback lists only what it kept: deleted items would fill the list.
    issueOf: (dateKey, ref, fate) =>
      fate === 'deleted' && !dryRun ? undefined : issueOf(dateKey, fate, ref),
  });
}

function fateOf(item: StoredItem, owned: OwnedItem | undefined, migratedAt: string | undefined): Fate {
  // A copy that the migration does not own: the application has saved it since.
  if (owned === undefined) return isCopy(item) ? 'keptChanged' : 'keptForeign';
  if (!owned.atItsOwnKey) return 'keptMisplaced';
  if (migratedAt !== undefined && owned.provenance.migratedAt !== migratedAt) return 'keptOtherRun';
  return 'deleted';
}

function refOf({ provenance, dateKey }: OwnedItem, migratedAt: string | undefined): OwnedItemRef {
  const { userId, date } = provenance;
  return { userId, date, dateKey, migratedAt };
}

/** The entry that an item names, even if the application has saved it last. */
function entryOf(item: StoredItem): EntryRef | undefined {
  const data = mapOf(item['data']);
  const [userId, date] = [textOf(data?.['userId']), textOf(data?.['date'])];
  return userId === undefined || date === undefined ? undefined : { userId, date };
}

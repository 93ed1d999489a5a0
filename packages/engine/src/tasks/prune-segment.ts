import {
  addTo,
  type Deltas,
  entryPath,
  type Issue,
  type Operation,
  type OwnedItemRef,
  type PruneRequest,
  type Task,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { findOrphans } from '../entries/find-orphans.ts';
import { asOwned, type OwnedItem } from '../entries/journal-items.ts';
import { deleteSegment, type Selection } from './delete-segment.ts';
import type { TaskStart, TaskWork } from './page-result.ts';
import { wantedUsers } from './scan-segment.ts';

/**
 * Deletes owned items of one segment whose entry Firestore no longer has. A dry run only counts and lists them. An
 * item whose entry Firestore can't look up (an invalid id) stays.
 */
export function pruneSegment(
  context: Omit<EngineContext, 'binding'>,
  segment: Extract<Task, { type: 'segment' }>,
  operation: Pick<Operation, 'id'> & { readonly request: PruneRequest },
  start: TaskStart,
): TaskWork {
  const { request } = operation;
  const users = wantedUsers(request);
  const issueOf = (dateKey: string, ref: OwnedItemRef): Issue => ({
    task: start.task,
    key: dateKey,
    code: 'pruned',
    detail: { dateKey, path: entryPath(ref, context.settings.names) },
  });

  return deleteSegment(context, segment, start, {
    dryRun: request.dryRun,
    keysOnly: true,
    async select(items) {
      const owned = items.map((item) => asOwned(item)).filter((item) => item !== undefined);
      const ours = owned.filter(
        ({ provenance, atItsOwnKey }) => atItsOwnKey && (users === undefined || users.has(provenance.userId)),
      );
      const { orphans, unknown } = await findOrphans(context.source, ours, start.signal);
      const deltas: Deltas<'prune'> = { owned: owned.length, unknown: unknown.length };
      if (!request.dryRun) addTo(deltas, 'intended', orphans.length);
      return { deletable: orphans.map(refOf), deltas, issues: [] };
    },
    async selectDeletable(refs, resumed) {
      if (await isBeyondLimit()) return await withoutGone(refs, 'beyond');
      return resumed ? await orphansAmong(refs) : { deletable: refs, deltas: {}, issues: [] };
    },
    outcomeOf: () => 'kept',
    issueOf: (dateKey, ref, outcome) =>
      outcome === 'deleted' && request.list ? issueOf(dateKey, ref) : undefined,
  });

  /**
   * More entries may have been deleted since the items were counted. Each page adds to the total before it compares
   * it with the limit, so that concurrent pages can't exceed it together.
   */
  async function isBeyondLimit(): Promise<boolean> {
    const now = await context.ledger.get(operation.id);
    return (now?.totals['intended'] ?? 0) > (request.limit ?? 0);
  }

  /** Those of an earlier attempt's intended deletes that still have no entry. */
  async function orphansAmong(refs: readonly OwnedItemRef[]): Promise<Selection> {
    const items = refs.map((ref): OwnedItem => ({
      dateKey: ref.dateKey,
      atItsOwnKey: true,
      provenance: { ...ref, migratedAt: ref.migratedAt ?? '', originalTimestamp: '' },
    }));
    const { orphans } = await findOrphans(context.source, items, start.signal);
    const keys = new Set(orphans.map(({ dateKey }) => dateKey));
    const rest = await withoutGone(
      refs.filter(({ dateKey }) => !keys.has(dateKey)),
      'kept',
    );
    return { ...rest, deletable: refs.filter(({ dateKey }) => keys.has(dateKey)) };
  }

  /** Counts the items that stay, without those that an earlier attempt has deleted. */
  async function withoutGone(refs: readonly OwnedItemRef[], counter: 'beyond' | 'kept'): Promise<Selection> {
    const deltas: Deltas<'prune'> = {};
    const issues: Issue[] = [];
    for (let from = 0; from < refs.length; from += itemsRead) {
      const some = refs.slice(from, from + itemsRead);
      const { items } = await context.target.getItems(
        some.map(({ dateKey }) => dateKey),
        start.signal,
      );
      for (const ref of some) {
        const isGone = !items.has(ref.dateKey);
        addTo(deltas, isGone ? 'deleted' : counter);
        if (isGone && request.list) issues.push(issueOf(ref.dateKey, ref));
      }
    }
    return { deletable: [], deltas, issues };
  }
}

/** How many whole items, of up to 400 KB each, are read at once. */
const itemsRead = 25;

function refOf({ dateKey, provenance }: OwnedItem): OwnedItemRef {
  const { userId, date, migratedAt } = provenance;
  return { dateKey, userId, date, migratedAt };
}

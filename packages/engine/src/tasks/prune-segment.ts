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
 * Removes, from one segment of the table, owned items whose entry Firestore no longer holds; or, as a dry run, counts
 * and lists them. An item whose entry can't be asked about stays.
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
      return { doomed: orphans.map(refOf), deltas, issues: [] };
    },
    async stillDoomed(refs, resumed) {
      if (await isBeyondLimit()) return await withoutGone(refs, 'beyond');
      return resumed ? await orphansAmong(refs) : { doomed: refs, deltas: {}, issues: [] };
    },
    outcomeOf: () => 'kept',
    issueOf: (dateKey, ref, outcome) =>
      outcome === 'deleted' && request.list ? issueOf(dateKey, ref) : undefined,
  });

  /**
   * Entries may have gone from Firestore since the items were counted. Each page adds to the total before it looks at it,
   * so that all pages which find it within the limit are within it together.
   */
  async function isBeyondLimit(): Promise<boolean> {
    const now = await context.ledger.get(operation.id);
    return (now?.totals['intended'] ?? 0) > (request.limit ?? 0);
  }

  /** Of items that an earlier start was about to delete: those without an entry still. */
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
    return { ...rest, doomed: refs.filter(({ dateKey }) => keys.has(dateKey)) };
  }

  /** Items that stay, by the counter's name, but for those that are gone: an earlier start has deleted them. */
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
    return { doomed: [], deltas, issues };
  }
}

/** Whole items are read, of up to 400 KB each. */
const itemsRead = 25;

function refOf({ dateKey, provenance }: OwnedItem): OwnedItemRef {
  const { userId, date, migratedAt } = provenance;
  return { dateKey, userId, date, migratedAt };
}

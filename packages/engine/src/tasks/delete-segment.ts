import {
  addTo,
  type Issue,
  MigrationError,
  type OwnedItemRef,
  parseItem,
  type StoredItem,
  type Task,
  dateKey,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { forEachWithLimit } from '../throttle/for-each-with-limit.ts';
import { abortLater } from '../join-signals.ts';
import type { TaskStart, TaskWork } from './page-result.ts';
import { scanSegment } from './scan-segment.ts';

type Counts = Record<string, number>;

/** The decision about a page's items. */
export interface Selection {
  readonly deletable: readonly OwnedItemRef[];
  /** The counters for the items that stay, and for the page. */
  readonly deltas: Readonly<Counts>;
  readonly issues: readonly Issue[];
}

/** The decisions in which a rollback and a prune differ. */
export interface DeleteRules {
  /** Deletes nothing. Counts and lists the items that would be deleted. */
  readonly dryRun: boolean;
  /** Scan only the keys and the fields of ownership, to save memory. */
  readonly keysOnly: boolean;
  select(items: readonly StoredItem[]): Promise<Selection>;
  /** The recorded items that may still be deleted. Called before the deletes of each page. */
  selectDeletable(refs: readonly OwnedItemRef[], resumed: boolean): Promise<Selection>;
  /** The counter of an existing item whose delete was refused; `again` if it may be deleted now. */
  outcomeOf(stored: StoredItem): string;
  /** The list entry of one item, by its outcome; undefined: it is only counted. */
  issueOf(dateKey: string, ref: OwnedItemRef, outcome: string): Issue | undefined;
}

const itemsOnAPage = 500;
const deleteAttempts = 5;
const answerLimitMs = 5_000;

/**
 * Deletes from one segment of the table, so that totals and lists are exact wherever the process ends:
 *
 *     scan a page ──► decide ──► commit what stays, and which items are about to go ──► delete ──► commit the outcome
 *
 * An attempt that finds such an intent first deletes its items. One that no longer exists counts as deleted by the
 * earlier attempt, even if the application has deleted it meanwhile.
 */
export async function* deleteSegment(
  context: Pick<EngineContext, 'target' | 'writeLimit'>,
  segment: Extract<Task, { type: 'segment' }>,
  start: TaskStart,
  rules: DeleteRules,
): TaskWork {
  const recorded = readIntent(start.cursor);
  if (recorded !== undefined) {
    yield* carryOut(context, start, rules, recorded, true);
    if (recorded.next === undefined) return;
  }
  const scanStart = recorded === undefined ? start : { ...start, cursor: recorded.next };
  const options = { keysOnly: rules.keysOnly, limit: itemsOnAPage };
  for await (const { items, cursor, last } of scanSegment(context.target, segment, scanStart, options)) {
    const { deletable, issues, ...selected } = await rules.select(items.map(parseItem));
    const deltas = { scanned: items.length, ...selected.deltas };
    if (rules.dryRun) {
      const listed = deletable.map((ref) => rules.issueOf(ref.dateKey, ref, 'deleted'));
      const all = [...issues, ...listed.filter((issue) => issue !== undefined)];
      yield { deltas: { ...deltas, deleted: deletable.length }, issues: all, last, cursor };
    } else if (deletable.length === 0) {
      yield { deltas, issues, last, cursor };
    } else {
      const intent = { refs: deletable, next: cursor };
      yield { deltas, issues, last: false, cursor: intentCursor(intent) };
      yield* carryOut(context, start, rules, intent, false);
    }
  }
}

async function* carryOut(
  context: Pick<EngineContext, 'target' | 'writeLimit'>,
  start: TaskStart,
  rules: DeleteRules,
  { refs, next }: DeleteIntent,
  resumed: boolean,
): TaskWork {
  const { deletable, ...selected } = await rules.selectDeletable(refs, resumed);
  const deltas: Counts = { ...selected.deltas };
  const issues = [...selected.issues];
  const left = new Set(deletable);
  // Wait for deletes in flight: one with an unknown outcome could not be counted.
  using late = abortLater(start.signal, answerLimitMs);
  try {
    await forEachWithLimit(context.writeLimit, deletable.length, async (index) => {
      if (start.signal.aborted) throw new MigrationError('ABORTED', 'the task was stopped');
      const ref = deletable[index]!;
      const outcome = await remove(context, rules, ref, deltas, { lease: start.lease, signal: late.signal });
      addTo(deltas, outcome);
      const issue = rules.issueOf(ref.dateKey, ref, outcome);
      if (issue !== undefined) issues.push(issue);
      left.delete(ref);
    });
  } catch (interruption) {
    const rest = intentCursor({ refs: [...left], next });
    yield { deltas, issues, last: false, cursor: rest };
    throw interruption;
  }
  yield { deltas, issues, last: next === undefined, cursor: next };
}

/** Deletes one item; returns the counter of its outcome. */
async function remove(
  { target }: Pick<EngineContext, 'target'>,
  rules: DeleteRules,
  ref: OwnedItemRef,
  deltas: Counts,
  { lease, signal }: Pick<TaskStart, 'lease' | 'signal'>,
): Promise<string> {
  // If the item allows a delete again when it is read after a refusal, try again, a few times.
  for (let attempt = 1; attempt <= deleteAttempts; attempt += 1) {
    const result = await target.deleteOwned(ref, lease, signal);
    addTo(deltas, 'writeUnits', result.writeUnits);
    if (result.outcome === 'deleted' || result.stored === undefined) return 'deleted';
    const outcome = rules.outcomeOf(result.stored);
    if (outcome !== 'again') return outcome;
  }
  throw new MigrationError('TARGET_UNAVAILABLE', `${ref.dateKey} keeps being written by another program`);
}

/** Items that are about to be deleted, and where the scan continues after them. */
interface DeleteIntent {
  readonly refs: readonly OwnedItemRef[];
  /** The scan's cursor after their page; absent: that was the segment's last page. */
  readonly next?: string;
}

const mark = 'i';

type Text = readonly [next: string | null, ...refs: (readonly [string, string, string?])[]];

/**
 * Encodes an intent as the cursor of a task, without keys, which follow from user and date: a few dozen bytes for
 * each item.
 */
function intentCursor({ refs, next }: DeleteIntent): string {
  const items = refs.map(({ userId, date, migratedAt }) =>
    migratedAt === undefined ? ([userId, date] as const) : ([userId, date, migratedAt] as const),
  );
  const text: Text = [next ?? null, ...items];
  return mark + JSON.stringify(text);
}

/** The intent in a cursor; undefined for a cursor of the scan. */
function readIntent(cursor: string | undefined): DeleteIntent | undefined {
  if (cursor?.startsWith(mark) !== true) return undefined;
  const [next, ...items] = JSON.parse(cursor.slice(mark.length)) as Text;
  const refs = items.map(([userId, date, migratedAt]) => {
    return { userId, date, dateKey: dateKey({ userId, date }), migratedAt };
  });
  return { refs, next: next ?? undefined };
}

import {
  addTo,
  type Issue,
  MigrationError,
  type OwnedItemRef,
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

/** What is to become of a page's items. */
export interface Selection {
  readonly doomed: readonly OwnedItemRef[];
  /** Of the others, and of the page as a whole. */
  readonly deltas: Readonly<Counts>;
  readonly issues: readonly Issue[];
}

/** What a rollback and a prune decide each in its own way. */
export interface DeleteRules {
  /** Nothing is deleted; what would be is counted and listed. */
  readonly dryRun: boolean;
  /** Only the keys and what tells whose the items are, to save memory. */
  readonly keysOnly: boolean;
  select(items: readonly StoredItem[]): Promise<Selection>;
  /** Those of the recorded ones that may still be deleted; asked before each delete of a page begins. */
  stillDoomed(refs: readonly OwnedItemRef[], resumed: boolean): Promise<Selection>;
  /** The counter of an item that is there and was not deleted; `again` if it would be now. */
  outcomeOf(stored: StoredItem): string;
  /** The line of one item in the list, by what became of it; none: it is only counted. */
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
 * A start that finds such an intent deletes its items first. One that is gone already was deleted by the start before
 * and counts as deleted, also where it was the application that deleted it in between.
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
    const { doomed, issues, ...selected } = await rules.select(items);
    const deltas = { scanned: items.length, ...selected.deltas };
    if (rules.dryRun) {
      const listed = doomed.map((ref) => rules.issueOf(ref.dateKey, ref, 'deleted'));
      const all = [...issues, ...listed.filter((issue) => issue !== undefined)];
      yield { deltas: { ...deltas, deleted: doomed.length }, issues: all, last, cursor };
    } else if (doomed.length === 0) {
      yield { deltas, issues, last, cursor };
    } else {
      const intent = { refs: doomed, next: cursor };
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
  const { doomed, ...selected } = await rules.stillDoomed(refs, resumed);
  const deltas: Counts = { ...selected.deltas };
  const issues = [...selected.issues];
  const left = new Set(doomed);
  // What has been sent is waited for: a delete of unknown outcome could not be counted.
  const late = abortLater(start.signal, answerLimitMs);
  try {
    await forEachWithLimit(context.writeLimit, doomed.length, async (index) => {
      if (start.signal.aborted) throw new MigrationError('ABORTED', 'stopped from outside');
      const ref = doomed[index]!;
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
  } finally {
    late.leave();
  }
  yield { deltas, issues, last: next === undefined, cursor: next };
}

/** What became of one item that was to be deleted. */
async function remove(
  { target }: Pick<EngineContext, 'target'>,
  rules: DeleteRules,
  ref: OwnedItemRef,
  deltas: Counts,
  { lease, signal }: Pick<TaskStart, 'lease' | 'signal'>,
): Promise<string> {
  // One that changes and changes back between the refusal and our look at it is tried once more, a few times.
  for (let attempt = 1; attempt <= deleteAttempts; attempt += 1) {
    const result = await target.deleteOwned(ref, lease, signal);
    addTo(deltas, 'writeUnits', result.writeUnits);
    if (result.outcome === 'deleted' || result.stored === undefined) return 'deleted';
    const outcome = rules.outcomeOf(result.stored);
    if (outcome !== 'again') return outcome;
  }
  throw new MigrationError('TARGET_UNAVAILABLE', `${ref.dateKey} keeps being written by something else`);
}

/** Items that are about to be deleted, and where the scan goes on after them. */
interface DeleteIntent {
  readonly refs: readonly OwnedItemRef[];
  /** The scan's cursor behind the page that they are of; absent: that was the segment's last page. */
  readonly next?: string;
}

const mark = 'i';

type Text = readonly [next: string | null, ...refs: (readonly [string, string, string?])[]];

/**
 * As the cursor of a task. Their keys are left out, as each follows from its user and date: one page stays a few dozen
 * bytes an item.
 */
function intentCursor({ refs, next }: DeleteIntent): string {
  const items = refs.map(({ userId, date, migratedAt }) =>
    migratedAt === undefined ? ([userId, date] as const) : ([userId, date, migratedAt] as const),
  );
  const text: Text = [next ?? null, ...items];
  return mark + JSON.stringify(text);
}

/** Undefined where the cursor is one of the scan's. */
function readIntent(cursor: string | undefined): DeleteIntent | undefined {
  if (cursor?.startsWith(mark) !== true) return undefined;
  const [next, ...items] = JSON.parse(cursor.slice(mark.length)) as Text;
  const refs = items.map(([userId, date, migratedAt]) => {
    return { userId, date, dateKey: dateKey({ userId, date }), migratedAt };
  });
  return { refs, next: next ?? undefined };
}

import { type Deltas, type Issue, type SourceEntry } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import type { MigrationRun } from '../entries/migration-run.ts';
import { type NamedPage, readNamed, unreadableIssue } from '../entries/read-named.ts';
import { isOwnFault } from '../entries/outage-detection.ts';
import { readPages } from '../entries/read-pages.ts';
import { writePage, type WrittenPage } from '../entries/write-page.ts';
import { cursorAfter, endOfEntries, entriesAfter } from './entry-cursor.ts';
import type { PageResult, TaskStart, TaskWork } from './page-result.ts';

type MigrateContext = Omit<EngineContext, 'binding'>;

/**
 * Migrates one user: page after page from where the last start left off, then once more what had failed before this
 * start (a person had it retried, or the job was handed on).
 */
export async function* migrateUser(
  context: MigrateContext,
  run: MigrationRun,
  userId: string,
  start: TaskStart,
): TaskWork {
  const unreadBefore = start.counters['unread'] ?? 0;
  // They are gone through now, or fail with the user once more.
  if (unreadBefore > 0) yield { deltas: { unread: -unreadBefore }, last: false };
  const failedBefore = start.counters['failed'] ?? 0;
  const wasAtEnd = start.cursor === endOfEntries;
  const kept = failedBefore === 0 ? [] : await keptFailures(context, run, start);
  const redo = kept.length === failedBefore ? kept : [];

  if (wasAtEnd && redo.length < failedBefore) {
    // More failed than are kept by name, so which ones is not known any more: everything again, reading first, so that
    // what is there already costs no write.
    yield { reset: true, deltas: {}, last: false };
    yield* migratePages(context, { ...run, readFirst: true }, userId, start, undefined, true);
    return;
  }
  if (!wasAtEnd)
    yield* migratePages(context, run, userId, start, entriesAfter(start.cursor), redo.length === 0);
  else if (redo.length === 0) yield { deltas: {}, last: true };
  yield* redoFailures(context, run, userId, start, redo);
}

async function* migratePages(
  context: MigrateContext,
  run: MigrationRun,
  userId: string,
  start: TaskStart,
  after: string | undefined,
  lastPart: boolean,
): TaskWork {
  for await (const page of readPagesAround(context, run, userId, start, after)) {
    const { entries, unreadable, lastDate } = page;
    const result = await writePage(context, run, start.task, entries, start.signal);
    await noteNewest(context, run, result.newest);
    const complete = result.settled === entries.length && result.interruption === undefined;
    const lastSettled = complete ? lastDate : entries[result.settled - 1]?.date;
    const atEnd = complete && !page.more;
    const cursor = atEnd ? endOfEntries : lastSettled === undefined ? undefined : cursorAfter(lastSettled);
    const unread = complete ? unreadable : [];
    yield {
      deltas: unread.length === 0 ? result.deltas : withFailed(result.deltas, unread.length),
      issues: [...result.issues, ...unread.map((one) => unreadableIssue(context, start.task, userId, one))],
      listed: result.listed,
      last: atEnd && lastPart,
      cursor,
    };
    if (!complete) throw result.interruption;
  }
}

interface MigrationPage {
  readonly entries: readonly SourceEntry[];
  /** All of these come after the entries. */
  readonly unreadable: NamedPage['unreadable'];
  /** Absent in an empty page. */
  readonly lastDate?: string | undefined;
  readonly more: boolean;
}

/**
 * A user's entries by pages. Where a page can't be read, and not because of an outage, its entries are read by name, one by
 * one, so that only what can't be read by itself fails. Throws where the names can't be listed either.
 */
async function* readPagesAround(
  context: Pick<EngineContext, 'source' | 'target' | 'settings'>,
  run: MigrationRun,
  userId: string,
  { signal }: TaskStart,
  after: string | undefined,
): AsyncGenerator<MigrationPage, void, void> {
  const { pageEntries, pageBytes } = context.settings;
  let from = after;
  for (;;) {
    try {
      const options = { userId, pageEntries, pageBytes, signal, after: from };
      for await (const page of readPages(context.source, options)) {
        from = page.entries.at(-1)?.date ?? from;
        yield { ...page, unreadable: [], lastDate: page.entries.at(-1)?.date };
        if (!page.more) return;
      }
    } catch (error) {
      if (!(await isOwnFault(context, run, error, signal))) throw error;
    }
    const { dates, more } = await context.source.listDates({
      userId,
      limit: pageEntries,
      signal,
      after: from,
    });
    if (dates.length === 0) yield { entries: [], unreadable: [], more };
    for await (const page of readNamed(context, run, userId, dates, { signal, alone: true })) {
      const { entries, vanished, unreadable, last } = page;
      const lastDate = entries[0]?.date ?? vanished[0] ?? unreadable[0]?.date;
      yield { entries, unreadable, lastDate, more: more || !last };
    }
    if (!more) return;
    from = dates.at(-1) ?? from;
  }
}

function withFailed(deltas: Deltas<'migration'>, failed: number): Deltas<'migration'> {
  return { ...deltas, failed: (deltas.failed ?? 0) + failed };
}

async function* redoFailures(
  context: MigrateContext,
  run: MigrationRun,
  userId: string,
  start: TaskStart,
  failures: readonly Issue[],
): TaskWork {
  const dates = failures.map((issue) => issue.key);
  for await (const page of readNamed(context, run, userId, dates, { signal: start.signal })) {
    const result = await writePage(context, run, start.task, page.entries, start.signal);
    await noteNewest(context, run, result.newest);
    const complete = result.settled === page.entries.length && result.interruption === undefined;
    const again = page.unreadable.map((one) => unreadableIssue(context, start.task, userId, one));
    yield redonePage(page, result, again, complete && page.last);
    if (!complete) throw result.interruption;
  }
}

/** Every entry that is settled again stops being the failure it was; one that Firestore no longer has is skipped. */
function redonePage(
  { entries, vanished }: NamedPage,
  result: Pick<WrittenPage, 'deltas' | 'issues' | 'listed' | 'settled'>,
  unreadable: readonly Issue[],
  last: boolean,
): PageResult {
  const again = new Set(result.issues.map((issue) => issue.key));
  const settled = entries.slice(0, result.settled).map((entry) => entry.date);
  const redone = [...settled, ...vanished];
  return {
    deltas: {
      ...withFailed(result.deltas, -redone.length),
      ...(vanished.length === 0 ? {} : { vanished: vanished.length }),
    },
    issues: [...result.issues, ...unreadable],
    listed: result.listed,
    resolved: redone.filter((date) => !again.has(date)),
    last,
  };
}

async function keptFailures(
  context: Pick<EngineContext, 'ledger'>,
  run: MigrationRun,
  start: TaskStart,
): Promise<readonly Issue[]> {
  const issues = await context.ledger.taskIssues(run.operation.id, start.task);
  return issues.filter((issue) => issue.key !== '');
}

/** Notes the newest item that a run has met and that is newer than itself, for the next run to start after it. */
async function noteNewest(
  { ledger }: Pick<EngineContext, 'ledger'>,
  { operation }: MigrationRun,
  newest: string | undefined,
): Promise<void> {
  if (newest === undefined) return;
  if (operation.request.kind === 'migration' && operation.request.dryRun) return;
  await ledger.update(operation.id, { coordinatorState: { newestSeen: newest } });
}

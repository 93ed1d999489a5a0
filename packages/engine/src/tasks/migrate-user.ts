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
 * Migrates one user: all pages from the last attempt's cursor on, then again the entries that had failed before this
 * attempt.
 */
export async function* migrateUser(
  context: MigrateContext,
  run: MigrationRun,
  userId: string,
  start: TaskStart,
): TaskWork {
  const unreadBefore = start.counters['unread'] ?? 0;
  // This attempt reads them, or counts them again if it fails.
  if (unreadBefore > 0) yield { deltas: { unread: -unreadBefore }, last: false };
  const failedBefore = start.counters['failed'] ?? 0;
  const wasAtEnd = start.cursor === endOfEntries;
  const kept = failedBefore === 0 ? [] : await keptFailures(context, run, start);
  const redo = kept.length === failedBefore ? kept : [];

  if (wasAtEnd && redo.length < failedBefore) {
    // More entries failed than are kept by name, so it is not known which ones. Restart the user and read first, so
    // that existing items cost no write.
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
    await recordNewest(context, run, result.newest);
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
  /** Entries that could not be read. They come after the others. */
  readonly unreadable: NamedPage['unreadable'];
  /** Absent for an empty page. */
  readonly lastDate?: string | undefined;
  readonly more: boolean;
}

/**
 * A user's entries by pages. If a page can't be read, and not because of an outage, its entries are read one by one
 * by name, so that only unreadable ones fail. Throws if the names can't be listed either.
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
    await recordNewest(context, run, result.newest);
    const complete = result.settled === page.entries.length && result.interruption === undefined;
    const again = page.unreadable.map((one) => unreadableIssue(context, start.task, userId, one));
    yield redonePage(page, result, again, complete && page.last);
    if (!complete) throw result.interruption;
  }
}

/**
 * The result of retried entries: their old failures are resolved. An entry that Firestore no longer has counts as
 * `vanished`.
 */
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

/** Records the newest item that is newer than the run, so that the next run starts after it. */
async function recordNewest(
  { ledger }: Pick<EngineContext, 'ledger'>,
  { operation }: MigrationRun,
  newest: string | undefined,
): Promise<void> {
  if (newest === undefined) return;
  if (operation.request.kind === 'migration' && operation.request.dryRun) return;
  await ledger.update(operation.id, { coordinatorState: { newestSeen: newest } });
}

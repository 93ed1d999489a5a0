import { type Deltas, type Issue, type SourceEntry } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import type { MigrationRun } from '../entries/migration-run.ts';
import { readPages } from '../entries/read-pages.ts';
import { writePage } from '../entries/write-page.ts';
import { cursorAfter, endOfEntries, entriesAfter } from './entry-cursor.ts';
import type { PageResult, UnitStart, UnitWork } from './page-result.ts';

/** How many failed entries are read again at once. */
const redoSize = 100;

/**
 * Migrates one user: page after page from where the last start left off, then once more what had failed before this
 * start (a person had it retried, or the job was handed on).
 */
export async function* migrateUser(
  context: EngineContext,
  run: MigrationRun,
  userId: string,
  start: UnitStart,
): UnitWork {
  const failedBefore = start.counters['failed'] ?? 0;
  const wasAtEnd = start.cursor === endOfEntries;
  const kept = failedBefore === 0 ? [] : await keptFailures(context, run, start);
  const redo = kept.length === failedBefore ? kept : [];

  if (wasAtEnd && redo.length < failedBefore) {
    // More failed than are kept by name, so which ones is not known any more: everything anew, reading first, so that
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
  context: EngineContext,
  run: MigrationRun,
  userId: string,
  start: UnitStart,
  after: string | undefined,
  lastPart: boolean,
): UnitWork {
  const { pageEntries, pageBytes } = context.settings;
  const from = after === undefined ? {} : { after };
  for await (const page of readPages(context.source, {
    userId,
    pageEntries,
    pageBytes,
    signal: start.signal,
    ...from,
  })) {
    const result = await writePage(context, run, start.unit, page.entries, start.signal);
    const complete = result.settled === page.entries.length && result.interruption === undefined;
    const lastSettled = page.entries[result.settled - 1]?.date;
    const atEnd = complete && !page.more;
    const cursor = atEnd ? endOfEntries : lastSettled === undefined ? undefined : cursorAfter(lastSettled);
    yield {
      deltas: result.deltas,
      issues: result.issues,
      last: atEnd && lastPart,
      ...(cursor === undefined ? {} : { cursor }),
    };
    if (!complete) throw result.interruption;
  }
}

async function* redoFailures(
  context: EngineContext,
  run: MigrationRun,
  userId: string,
  start: UnitStart,
  failures: readonly Issue[],
): UnitWork {
  for (let index = 0; index < failures.length; index += redoSize) {
    const dates = failures.slice(index, index + redoSize).map((issue) => issue.key);
    const entries = await context.source.readEntries(
      dates.map((date) => ({ userId, date })),
      { signal: start.signal },
    );
    const result = await writePage(context, run, start.unit, entries, start.signal);
    const complete = result.settled === entries.length && result.interruption === undefined;
    yield redonePage(dates, entries, result, complete, complete && index + redoSize >= failures.length);
    if (!complete) throw result.interruption;
  }
}

/** Every entry that is settled anew stops being the failure it was; one that Firestore no longer has is skipped. */
function redonePage(
  dates: readonly string[],
  entries: readonly SourceEntry[],
  result: { deltas: Deltas<'migration'>; issues: readonly Issue[]; settled: number },
  complete: boolean,
  last: boolean,
): PageResult {
  const present = new Set(entries.map((entry) => entry.date));
  const vanished = complete ? dates.filter((date) => !present.has(date)) : [];
  const again = new Set(result.issues.map((issue) => issue.key));
  const settled = entries.slice(0, result.settled).map((entry) => entry.date);
  const redone = [...settled, ...vanished];
  return {
    deltas: {
      ...result.deltas,
      failed: (result.deltas.failed ?? 0) - redone.length,
      ...(vanished.length === 0 ? {} : { vanished: vanished.length }),
    },
    issues: result.issues,
    resolved: redone.filter((date) => !again.has(date)),
    last,
  };
}

async function keptFailures(
  context: EngineContext,
  run: MigrationRun,
  start: UnitStart,
): Promise<readonly Issue[]> {
  const issues = await context.ledger.unitIssues(run.operation.id, start.unit);
  return issues.filter((issue) => issue.key !== '');
}

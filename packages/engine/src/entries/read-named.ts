import { entryPath, failureIssue, type Issue, type SourceEntry, failureOf } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { isOwnFault } from './outage-detection.ts';
import type { MigrationRun } from './migration-run.ts';

/** Some of a user's entries, read by their names. Each name is in one page and in one of its lists. */
export interface NamedPage {
  readonly entries: readonly SourceEntry[];
  /** What Firestore does not have. */
  readonly vanished: readonly string[];
  /** Entries that Firestore fails to return while other reads succeed. */
  readonly unreadable: readonly { readonly date: string; readonly error: unknown }[];
  readonly last: boolean;
}

/** Names in one request, at most. */
const namesAtOnce = 100;

/**
 * Reads entries by name, as many at once as a page has bytes for. `alone`: one by one from the beginning. If a request
 * fails, and not because of an outage, its entries are read one by one, so that only unreadable ones fail.
 */
export async function* readNamed(
  context: Pick<EngineContext, 'source' | 'target' | 'settings'>,
  run: MigrationRun,
  userId: string,
  names: readonly string[],
  options: { readonly signal: AbortSignal; readonly alone?: boolean },
): AsyncGenerator<NamedPage, void, void> {
  const { signal } = options;
  const maxBytes = context.settings.pageBytes;
  let waiting = names;
  let alone = options.alone === true ? names.length : 0;
  while (waiting.length > 0) {
    const requested = waiting.slice(0, alone > 0 ? 1 : namesAtOnce);
    const refs = requested.map((date) => ({ userId, date }));
    try {
      const { entries, rest } = await context.source.readBatch(refs, { maxBytes, signal });
      const found = new Set(entries.map(({ date }) => date));
      const left = rest.map(({ date }) => date);
      const vanished = requested.filter((date) => !found.has(date) && !left.includes(date));
      waiting = [...left, ...waiting.slice(requested.length)];
      yield { entries, vanished, unreadable: [], last: waiting.length === 0 };
    } catch (error) {
      if (!(await isOwnFault(context, run, error, signal))) throw error;
      if (requested.length > 1) {
        alone = requested.length;
        continue;
      }
      waiting = waiting.slice(1);
      const unreadable = requested.map((date) => ({ date, error }));
      yield { entries: [], vanished: [], unreadable, last: waiting.length === 0 };
    }
    alone = Math.max(0, alone - 1);
  }
}

/** The issue of an entry that can't be read. */
export function unreadableIssue(
  context: Pick<EngineContext, 'settings'>,
  task: string,
  userId: string,
  { date, error }: NamedPage['unreadable'][number],
): Issue {
  const path = entryPath({ userId, date }, context.settings.names);
  return failureIssue(task, date, { ...failureOf(error), path });
}

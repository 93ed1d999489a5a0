import type { EntryPage, Source } from '@migrator/core';

import { joinSignals } from '../join-signals.ts';

export interface ReadPagesOptions {
  readonly userId: string;
  readonly after?: string;
  readonly pageEntries: number;
  readonly pageBytes: number;
  readonly signal: AbortSignal;
}

/** A user's entries by pages. The next page is read while the current one is processed; at most two are in memory. */
export async function* readPages(
  source: Source,
  options: ReadPagesOptions,
): AsyncGenerator<EntryPage, void, void> {
  const left = new AbortController();
  using joined = joinSignals(options.signal, left.signal);
  const read = (after: string | undefined): Promise<EntryPage> => {
    const page = source.readPage({
      userId: options.userId,
      limit: options.pageEntries,
      maxBytes: options.pageBytes,
      signal: joined.signal,
      after,
    });
    // It is awaited, with its error, in the next turn.
    page.catch(() => undefined);
    return page;
  };
  let isReading = true;
  try {
    let next = read(options.after);
    for (;;) {
      const page = await next;
      isReading = false;
      const lastDate = page.entries.at(-1)?.date;
      const more = page.more && lastDate !== undefined;
      if (more) {
        next = read(lastDate);
        isReading = true;
      }
      yield { entries: page.entries, more };
      if (!more) return;
    }
  } finally {
    // Creating an abort error costs a stack trace, which most users, whose last page is read, do not need.
    if (isReading) left.abort();
  }
}

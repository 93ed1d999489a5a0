import type { ItemJson, ScanPage, Target, Task } from '@migrator/core';

import type { TaskStart } from './page-result.ts';

const prefix = 'k';

/**
 * The pages of one segment of the table, from the last attempt's cursor on. `cursor`: the cursor to commit with the
 * page. The items are valid until the next page is requested, which is read while this one is processed.
 */
export async function* scanSegment(
  target: Target,
  segment: Extract<Task, { type: 'segment' }>,
  start: TaskStart,
  options: { keysOnly: boolean; limit: number },
): AsyncGenerator<{ items: readonly ItemJson[]; cursor?: string; last: boolean }, void, void> {
  const left = new AbortController();
  const signal = AbortSignal.any([start.signal, left.signal]);
  const scan = (cursor: string | undefined): Promise<ScanPage> => {
    const page = target.scan({
      segment: segment.segment,
      totalSegments: segment.of,
      keysOnly: options.keysOnly,
      limit: options.limit,
      signal,
      cursor,
    });
    page.catch(() => undefined);
    return page;
  };
  try {
    let next = scan(start.cursor?.slice(prefix.length));
    for (;;) {
      const page = await next;
      const { items, cursor } = page;
      if (cursor !== undefined) next = scan(cursor);
      yield cursor === undefined ? { items, last: true } : { items, cursor: prefix + cursor, last: false };
      page.free?.();
      if (cursor === undefined) return;
    }
  } finally {
    left.abort();
  }
}

/** The users of a request; undefined: all. */
export function wantedUsers(request: {
  readonly userIds?: readonly string[];
}): ReadonlySet<string> | undefined {
  return request.userIds === undefined ? undefined : new Set(request.userIds);
}

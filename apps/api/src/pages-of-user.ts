import type { Issue } from '@migrator/core';
import type { requests } from '@migrator/engine';
import type { z } from 'zod';

import type { ApiContext } from './api-context.ts';

/** The number of entries or issues in one response. */
export const listedOnAPage = 100;

export type IssuesQuery = z.infer<typeof requests.issuesQuery>;

interface Page {
  readonly items: readonly Pick<Issue, 'detail'>[];
  readonly cursor?: string | undefined;
}

/**
 * The next page with an element of a user whose id contains `user` (case-insensitive); without `user` the next page.
 * Empty only at the end.
 */
export async function pageOfUser<P extends Page>(
  user: string | undefined,
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<P>,
): Promise<P> {
  const wanted = user?.toLowerCase();
  for (let from = cursor; ;) {
    const page = await read(from);
    if (wanted === undefined) return page;
    const items = page.items.filter(({ detail }) => searched(detail).toLowerCase().includes(wanted));
    if (items.length > 0 || page.cursor === undefined) return { ...page, items };
    from = page.cursor;
  }
}

/** A page of an operation's issues. */
export async function issuesPage(
  { ledger }: ApiContext,
  id: string,
  { code, user, cursor: first }: IssuesQuery,
): Promise<{ items: readonly Issue[]; cursor?: string | undefined }> {
  return await pageOfUser(user, first, async (from) => {
    const { issues: items, cursor } = await ledger.issues(id, { limit: listedOnAPage, code, cursor: from });
    return { items, cursor };
  });
}

/** The text that is searched: the entry's path, or the key of an item that names no entry. */
function searched({ path, dateKey = '' }: Issue['detail']): string {
  return path?.split('/')[1] ?? dateKey;
}

import type { Operation } from '@migrator/core';

import type { PageResult } from './page-result.ts';

/** What work costs, with or without a result, and what is only known to be undone. */
const costs = new Set(['bytes', 'readUnits', 'writeUnits', 'unread']);

/** Whether the task is further than before with this page. */
export function getsOn(page: PageResult): boolean {
  return (
    page.cursor !== undefined ||
    (page.resolved?.length ?? 0) > 0 ||
    Object.entries(page.deltas).some(([name, amount]) => amount !== 0 && !costs.has(name))
  );
}

/** Whether anything was done between these two looks at an operation's totals. */
export function differInWork(before: Pick<Operation, 'totals'>, now: Pick<Operation, 'totals'>): boolean {
  const names = new Set([...Object.keys(before.totals), ...Object.keys(now.totals)]);
  return [...names].some(
    (name) => !costs.has(name) && (before.totals[name] ?? 0) !== (now.totals[name] ?? 0),
  );
}

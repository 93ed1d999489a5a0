import {
  type Operation,
  counted,
  counters,
  type Issue,
  type OperationKind,
  withoutDigest,
} from '@migrator/core';

import type { PageResult } from './page-result.ts';

/** Counters that are no progress: costs, and entries that were not tried. */
const costs = new Set(['bytes', 'readUnits', 'writeUnits', 'unread']);

/** Whether the page is progress. */
export function isProgress(page: PageResult): boolean {
  return (
    page.cursor !== undefined ||
    (page.resolved?.length ?? 0) > 0 ||
    Object.entries(page.deltas).some(([name, amount]) => amount !== 0 && !costs.has(name))
  );
}

/** Whether the totals show progress from `before` to `now`. */
export function hasProgressed(before: Pick<Operation, 'totals'>, now: Pick<Operation, 'totals'>): boolean {
  const names = new Set([...Object.keys(before.totals), ...Object.keys(now.totals)]);
  return [...names].some(
    (name) => !costs.has(name) && (before.totals[name] ?? 0) !== (now.totals[name] ?? 0),
  );
}

/** The result of a task's job: `created 250, repaired 2`. */
export function describeCounts(kind: OperationKind, counts: Readonly<Record<string, number>>): string {
  const shown = withoutDigest(counts);
  const named = counters[kind]
    .filter((name) => (shown[name] ?? 0) !== 0)
    .map((name) => `${name} ${shown[name]}`);
  return named.length === 0 ? 'nothing to do' : named.join(', ');
}

/**
 * Why a task has failed. `brief`: `3 entries failed: 2 THROTTLED, 1 KEY_TOO_LONG`; `reason`: also the first one's
 * message.
 */
export function describeFailures(
  failed: number,
  issues: readonly Issue[],
): { readonly reason: string; readonly brief: string } {
  const codes = new Map<string, number>();
  for (const { code } of issues) codes.set(code, (codes.get(code) ?? 0) + 1);
  const why = [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
  const first = issues[0]?.detail.message;
  const entries = counted(failed, 'entry', 'entries');
  const brief = `${entries} failed: ${why}`;
  return { reason: first === undefined ? brief : `${brief}. ${first}`, brief };
}

import {
  type Operation,
  counted,
  counters,
  type Issue,
  type OperationKind,
  withoutDigest,
} from '@migrator/core';

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

/** What a task's job says at its end: `created 250, repaired 2`. */
export function describeCounts(kind: OperationKind, counts: Readonly<Record<string, number>>): string {
  const shown = withoutDigest(counts);
  const named = counters[kind]
    .filter((name) => (shown[name] ?? 0) !== 0)
    .map((name) => `${name} ${shown[name]}`);
  return named.length === 0 ? 'nothing to do' : named.join(', ');
}

/** Why a task has failed: `3 entries failed: 2 THROTTLED, 1 KEY_TOO_LONG`, and the first one's message. */
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

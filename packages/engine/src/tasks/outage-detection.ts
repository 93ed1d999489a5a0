import { randomUUID } from 'node:crypto';

import { dateKey, type ErrorCode, MigrationError, type Operation, errorTable } from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import type { MigrationRun } from '../entries/migration-run.ts';
import type { PageResult, TaskStart } from './page-result.ts';

/** What work costs, whether it comes to anything or not, and what is only known to be undone. */
const costs = new Set(['bytes', 'readUnits', 'writeUnits', 'unread']);
/** What one entry alone may meet, or everybody. */
const ambiguous: ReadonlySet<ErrorCode> = new Set(['SOURCE_UNAVAILABLE', 'TARGET_UNAVAILABLE']);
/** Short, so that what was out of reach a moment ago and is back has little time to look as if it never was. */
const probeLimitMs = 2_000;

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

/**
 * Whether what failed is the trouble of what was asked for, and not an outage: then an entry fails with it, and others go
 * on. A service that still answers others shows it.
 */
export async function isOwnFault(
  context: EngineContext,
  { operation, lease }: Pick<MigrationRun, 'operation' | 'lease'>,
  error: unknown,
  stop: AbortSignal,
): Promise<boolean> {
  if (stop.aborted) return false;
  const code = MigrationError.codeOf(error);
  if (ambiguous.has(code)) return await answersOthers(context, operation, code, { lease, signal: stop });
  // What nothing foresaw in the work on one entry is met again with it, and with no other.
  return errorTable[code].onExhausted === 'fail-entry' || code === 'INTERNAL';
}

/**
 * Asks the service that is out of reach for this task about something that nobody has, with the same kinds of call and
 * without changing anything. True only if it answers: then it is there for others.
 */
export async function answersOthers(
  { source, target }: EngineContext,
  { request }: Operation,
  code: ErrorCode,
  { lease, signal: stop }: Pick<TaskStart, 'lease' | 'signal'>,
): Promise<boolean> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(probeLimitMs)]);
  const nobodys = { userId: randomUUID(), date: randomUUID() };
  const key = dateKey(nobodys);
  try {
    if (code === 'SOURCE_UNAVAILABLE') {
      await source.readPage({ userId: nobodys.userId, limit: 1, maxBytes: 1, signal });
    } else {
      await target.getItems([key], signal);
      const writes = request.kind !== 'verification' && !('dryRun' in request && request.dryRun);
      if (writes) await target.deleteOwned({ ...nobodys, dateKey: key }, lease, signal);
    }
    return true;
  } catch {
    return false;
  }
}

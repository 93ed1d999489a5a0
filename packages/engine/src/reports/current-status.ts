import { type Binding, type Ledger, type Operation, processedEntries, withoutDigest } from '@migrator/core';

import type { CurrentStatus, PaceReport, Progress, StatusState } from '../api/status.ts';

/** What a process knows about the operation's progress in addition to the ledger. */
export interface LiveView {
  /** No progress: no worker is configured for the operation, or no coordinator round was recorded for some seconds. */
  readonly isStalled?: boolean;
  /** The reason. It takes precedence over the operation's own, unless that is paused or cancelled. */
  readonly reason?: string | null;
  readonly pace?: PaceReport | undefined;
}

/** The current status. `own`: the binding of this process. `isActive`: whether any task is active. */
export async function currentStatus(
  ledger: Ledger,
  own: Binding,
  isActive: () => Promise<boolean>,
  view: (operation: Operation) => Promise<LiveView> = async () => ({}),
): Promise<Omit<CurrentStatus, 'maxWriteUnitsPerSecond' | 'notice' | 'workers'>> {
  const operation = await ledger.current();
  const { source, target } = operation?.binding ?? own;
  if (operation === undefined)
    return { state: 'idle', migrationId: null, operationId: null, source, target, progress: null };
  const part = await workingPart(ledger, operation);
  const live = await view(operation);
  return {
    state: await stateOf(operation, isActive),
    migrationId: operation.kind === 'migration' ? operation.id : null,
    operationId: operation.id,
    source,
    target,
    progress: {
      ...progressOf(operation, part, live),
      pace: live.pace === undefined ? undefined : paceOf(operation, live.pace),
    },
  };
}

function paceOf(operation: Operation, pace: PaceReport): PaceReport {
  return operation.control === 'pause' ? { ...pace, limitedBy: 'paused' } : pace;
}

async function stateOf(operation: Operation, isActive: () => Promise<boolean>): Promise<StatusState> {
  switch (operation.control) {
    case 'run':
      return operation.phase;
    case 'cancel':
      return 'cancelling';
    case 'pause':
      return (await isActive()) ? 'pausing' : 'paused';
  }
}

async function workingPart(ledger: Ledger, operation: Operation): Promise<Operation> {
  const { verificationId } = operation.coordinatorState;
  if (operation.phase !== 'verifying' || !verificationId) return operation;
  return (await ledger.get(verificationId)) ?? operation;
}

/** `part`: the part in progress: the operation itself or its verification. */
export function progressOf(operation: Operation, part: Operation = operation, live: LiveView = {}): Progress {
  const total = part.coordinatorState.totalEntries ?? null;
  const processed = doneBy(part);
  const perSecond = operation.control === 'run' && live.isStalled !== true ? rounded(speedOf(part, live)) : 0;
  const left = total === null ? null : Math.max(0, total - processed);
  return {
    processed,
    total,
    percent: percentOf(processed, total, part),
    entriesPerSecond: perSecond,
    etaSeconds: left === null || perSecond === 0 ? null : Math.ceil(left / perSecond),
    users: { ...operation.tasks },
    outcomes: withoutDigest(part.totals),
    reason:
      (operation.control === 'run' ? live.reason : null) ??
      operation.reason ??
      operation.coordinatorState.lastError ??
      null,
    oneByOne: operation.coordinatorState.oneByOne,
  };
}

/** A slow rate keeps one decimal, so that it is not shown as 0. */
function rounded(perSecond: number): number {
  return perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);
}

/**
 * Entries a second. While the budget limits writes the rate follows from the budget, because commits are bursty then.
 */
function speedOf(part: Operation, { pace }: LiveView): number {
  const { writeUnits = 0 } = part.totals;
  const processed = doneBy(part);
  if (pace?.limitedBy === 'budget' && pace.maxWriteUnitsPerSecond !== null && writeUnits > 0 && processed > 0)
    return (pace.maxWriteUnitsPerSecond * processed) / writeUnits;
  return part.coordinatorState.rate?.perSecond ?? 0;
}

/** The number of entries processed; for a rollback and a prune, items scanned. */
export function doneBy(operation: Operation): number {
  if (operation.kind === 'migration') return processedEntries(operation);
  return operation.totals[operation.kind === 'verification' ? 'entries' : 'scanned'] ?? 0;
}

/**
 * Entries may be added and deleted during the run, so the total is an estimate. Only a completed operation has 100.
 */
function percentOf(processed: number, total: number | null, { state }: Operation): number | null {
  if (state === 'completed' || state === 'completed-with-failures') return 100;
  if (total === null) return null;
  if (total === 0) return 0;
  return Math.min(99.99, Math.floor((processed / total) * 10_000) / 100);
}

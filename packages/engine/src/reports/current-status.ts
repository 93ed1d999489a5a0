import { type Binding, type Ledger, type Operation, processedEntries, withoutDigest } from '@migrator/core';

import type { CurrentStatus, PaceReport, Progress, StatusState } from '../api/status.ts';

/** What a process knows beside the ledger of how the operation gets on. */
export interface LiveView {
  /** Nothing moves, as no worker takes part in it or none has said anything for some seconds. */
  readonly standsStill?: boolean;
  /** Why, before what the operation itself says; a pause has a reason of its own, and a cancel needs no worker. */
  readonly reason?: string | null;
  readonly pace?: PaceReport | undefined;
}

/** What is going on. `own`: what this process is configured for. `isActive`: whether any task is being worked on right now. */
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

/** `part` is what is being worked on: the operation itself or the verification it ends with. */
export function progressOf(operation: Operation, part: Operation = operation, live: LiveView = {}): Progress {
  const total = part.coordinatorState.totalEntries ?? null;
  const processed = doneBy(part);
  const perSecond =
    operation.control === 'run' && live.standsStill !== true ? rounded(speedOf(part, live)) : 0;
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

/** A slow rate is no rate of 0. */
function rounded(perSecond: number): number {
  return perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);
}

/** Entries a second. While the write limit holds writes back it alone says how fast: commits come in lumps then. */
function speedOf(part: Operation, { pace }: LiveView): number {
  const { writeUnits = 0 } = part.totals;
  const processed = doneBy(part);
  if (pace?.limitedBy === 'budget' && pace.maxWriteUnitsPerSecond !== null && writeUnits > 0 && processed > 0)
    return (pace.maxWriteUnitsPerSecond * processed) / writeUnits;
  return part.coordinatorState.rate?.perSecond ?? 0;
}

/** Entries dealt with so far; of a rollback and a prune, items looked at. */
export function doneBy(operation: Operation): number {
  if (operation.kind === 'migration') return processedEntries(operation);
  return operation.totals[operation.kind === 'verification' ? 'entries' : 'scanned'] ?? 0;
}

/** Entries may come and go while they are counted and read, so the count is a guide; only a completed end is 100. */
function percentOf(processed: number, total: number | null, { state }: Operation): number | null {
  if (state === 'completed' || state === 'completed-with-failures') return 100;
  if (total === null) return null;
  if (total === 0) return 0;
  return Math.min(99.99, Math.floor((processed / total) * 10_000) / 100);
}

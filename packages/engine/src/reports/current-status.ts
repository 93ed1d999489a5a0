import { type Binding, type Ledger, type Operation, processedEntries, withoutDigest } from '@migrator/core';

import type { CurrentStatus, PaceReport, Progress, StatusState } from '../api/status.ts';

/** What is going on. `own`: what this process is configured for. `isActive`: whether any task is being worked on right now. */
export async function currentStatus(
  ledger: Ledger,
  own: Binding,
  isActive: () => Promise<boolean>,
  pace?: { report(): Promise<PaceReport> },
): Promise<Omit<CurrentStatus, 'notice' | 'workers'>> {
  const operation = await ledger.current();
  const { source, target } = operation?.binding ?? own;
  if (operation === undefined)
    return { state: 'idle', migrationId: null, operationId: null, source, target, progress: null };
  const part = await workingPart(ledger, operation);
  const report = await pace?.report();
  return {
    state: await stateOf(operation, isActive),
    migrationId: operation.kind === 'migration' ? operation.id : null,
    operationId: operation.id,
    source,
    target,
    progress: {
      ...progressOf(operation, part),
      pace: report === undefined ? undefined : paceOf(operation, report),
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
export function progressOf(operation: Operation, part: Operation = operation): Progress {
  const total = part.coordinatorState.totalEntries ?? null;
  const processed = doneBy(part);
  const perSecond = part === operation ? (operation.coordinatorState.rate?.perSecond ?? 0) : 0;
  const left = total === null ? null : Math.max(0, total - processed);
  return {
    processed,
    total,
    percent: percentOf(processed, total, part),
    entriesPerSecond: Math.round(perSecond),
    etaSeconds: left === null || perSecond === 0 ? null : Math.ceil(left / perSecond),
    users: { ...operation.tasks },
    outcomes: withoutDigest(part.totals),
    reason: operation.reason ?? operation.coordinatorState.lastError ?? null,
  };
}

function doneBy(operation: Operation): number {
  if (operation.kind === 'migration') return processedEntries(operation);
  return operation.totals[operation.kind === 'verification' ? 'entries' : 'scanned'] ?? 0;
}

/** Entries may come and go while they are counted and read, so the count is a guide; only the end is 100. */
function percentOf(processed: number, total: number | null, operation: Operation): number | null {
  if (operation.state !== 'running') return 100;
  if (total === null) return null;
  if (total === 0) return 0;
  return Math.min(99.99, Math.floor((processed / total) * 10_000) / 100);
}

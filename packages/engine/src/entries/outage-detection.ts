import { randomUUID } from 'node:crypto';

import {
  dateKey,
  type ErrorCode,
  errorTable,
  type Lease,
  MigrationError,
  type Operation,
  type Source,
  type Target,
} from '@migrator/core';

/** The services that a probe calls. */
export interface ProbedServices {
  readonly source: Pick<Source, 'readPage'>;
  readonly target: Pick<Target, 'getItems' | 'deleteOwned'>;
}

/** The operation and the lease of the attempt that probes. */
interface ProbeReason {
  readonly operation: Pick<Operation, 'request'>;
  readonly lease: Lease;
}

/** Codes that either a single entry or all entries may cause. */
const ambiguous: ReadonlySet<ErrorCode> = new Set(['SOURCE_UNAVAILABLE', 'TARGET_UNAVAILABLE']);
/** Short, so that a service that was unreachable a moment ago is unlikely to recover before the probe ends. */
const probeLimitMs = 2_000;

/**
 * Whether this request caused the error, rather than an outage: then one entry fails, and the others continue. It did
 * if the service still answers other calls.
 */
export async function isOwnFault(
  services: ProbedServices,
  reason: ProbeReason,
  error: unknown,
  stop: AbortSignal,
): Promise<boolean> {
  if (stop.aborted) return false;
  const code = MigrationError.codeOf(error);
  if (ambiguous.has(code)) return await answersOthers(services, reason, code, stop);
  // An unexpected error while processing an entry recurs with that entry only.
  return errorTable[code].onExhausted === 'fail-entry' || code === 'INTERNAL';
}

/**
 * Probes the service that this task can't reach: makes the same kinds of call for ids that do not exist, without
 * changing anything. True if it answers: then only this task is affected.
 */
export async function answersOthers(
  { source, target }: ProbedServices,
  { operation: { request }, lease }: ProbeReason,
  code: ErrorCode,
  stop: AbortSignal,
): Promise<boolean> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(probeLimitMs)]);
  const unknown = { userId: randomUUID(), date: randomUUID() };
  const key = dateKey(unknown);
  try {
    if (code === 'SOURCE_UNAVAILABLE') {
      await source.readPage({ userId: unknown.userId, limit: 1, maxBytes: 1, signal });
    } else {
      await target.getItems([key], signal);
      const writes = request.kind !== 'verification' && !('dryRun' in request && request.dryRun);
      if (writes) await target.deleteOwned({ ...unknown, dateKey: key }, lease, signal);
    }
    return true;
  } catch {
    return false;
  }
}

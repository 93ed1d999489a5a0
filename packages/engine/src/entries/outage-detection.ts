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

/** What a probe asks of the services. */
export interface ProbedServices {
  readonly source: Pick<Source, 'readPage'>;
  readonly target: Pick<Target, 'getItems' | 'deleteOwned'>;
}

/** Who asks: the operation, and the lease without which nothing is written. */
interface ProbeReason {
  readonly operation: Pick<Operation, 'request'>;
  readonly lease: Lease;
}

/** Codes that one entry alone may meet, or every entry. */
const ambiguous: ReadonlySet<ErrorCode> = new Set(['SOURCE_UNAVAILABLE', 'TARGET_UNAVAILABLE']);
/** Short, so that a service that was out of reach a moment ago has little time to come back. */
const probeLimitMs = 2_000;

/**
 * Whether a failure belongs to what was asked for, and is no outage: then one entry fails with it, and others go on. A
 * service that still answers other calls shows it.
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
  // An unexpected error in the work on one entry comes again with it, and with no other.
  return errorTable[code].onExhausted === 'fail-entry' || code === 'INTERNAL';
}

/**
 * Asks the service that is out of reach for this task about ids that nothing has, with the same kinds of call and without
 * changing anything. True only if it answers: then it is there for others.
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

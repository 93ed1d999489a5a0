/**
 * Every error code, and the one table of how each is retried and what follows (invariant 6).
 *
 * `httpStatus`: the status of the API's response. 422: an operator has to correct the configuration or the data in a
 * service. Absent: unexpected in a request, so the API responds with 500.
 *
 * `attempts`: how often the adapter tries the call. Before try n + 1 it waits a random time (full jitter) between 0
 * and the smaller of `capMs` and `baseMs` × 2^n, in milliseconds. `onExhausted`: what follows after the last try:
 *
 * - `fail-entry`: this entry fails. The run continues.
 * - `retry-job`: BullMQ retries the user's job from its checkpoint, up to the job's `attempts`.
 * - `postpone`: the job continues from its checkpoint some seconds later. That consumes no attempt.
 * - `pause-run`: the run is paused with the reason until an operator resumes it.
 */
export interface ErrorPolicy {
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly onExhausted: 'fail-entry' | 'retry-job' | 'postpone' | 'pause-run';
  readonly httpStatus?: 404 | 409 | 422 | 503;
}

const never = { attempts: 1, baseMs: 0, capMs: 0 };

const policies = {
  ITEM_TOO_LARGE: { ...never, onExhausted: 'fail-entry' },
  KEY_TOO_LONG: { ...never, onExhausted: 'fail-entry' },
  KEY_COLLISION: { ...never, onExhausted: 'fail-entry' },
  UNSUPPORTED_VALUE: { ...never, onExhausted: 'fail-entry' },
  /** DynamoDB rejects this item for a reason that the mapping does not check. */
  INVALID_ITEM: { ...never, onExhausted: 'fail-entry' },
  /** The bytes are no valid `Document` message. */
  MALFORMED_DOCUMENT: { ...never, onExhausted: 'fail-entry' },
  ACCESS_DENIED: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  CREDENTIALS_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  CREDENTIALS_EXPIRED: { attempts: 3, baseMs: 200, capMs: 2_000, onExhausted: 'pause-run', httpStatus: 422 },
  /** The service rejects the credentials. */
  CREDENTIALS_REFUSED: { attempts: 3, baseMs: 200, capMs: 2_000, onExhausted: 'pause-run', httpStatus: 422 },
  /** This DynamoDB does not implement the call; some local ones do not. */
  NOT_SUPPORTED: { ...never, onExhausted: 'retry-job' },
  REGION_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  TABLE_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  TABLE_KEY_MISMATCH: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** An index key has another type than the attribute of every item: DynamoDB would reject all items. */
  TABLE_INDEX_MISMATCH: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_ACCESS_DENIED: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_INVALID: { ...never, onExhausted: 'retry-job', httpStatus: 422 },
  /** A response exceeds the limit of one gRPC message, and no smaller page can be requested. */
  SOURCE_MESSAGE_TOO_LARGE: { ...never, onExhausted: 'fail-entry', httpStatus: 422 },
  SOURCE_UNAVAILABLE: { attempts: 8, baseMs: 100, capMs: 5_000, onExhausted: 'postpone', httpStatus: 503 },
  SOURCE_THROTTLED: {
    attempts: Number.POSITIVE_INFINITY,
    baseMs: 250,
    capMs: 20_000,
    onExhausted: 'postpone',
    httpStatus: 503,
  },
  TARGET_UNAVAILABLE: { attempts: 8, baseMs: 50, capMs: 5_000, onExhausted: 'postpone', httpStatus: 503 },
  /** Throttling never fails an entry: the call is retried without a limit. */
  THROTTLED: {
    attempts: Number.POSITIVE_INFINITY,
    baseMs: 50,
    capMs: 20_000,
    onExhausted: 'postpone',
    httpStatus: 503,
  },
  /** The preflight, or a coordinator's round, exceeded its time limit, and the service returned no error. */
  NOT_ANSWERED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Redis can't be reached. Until it can, nothing can be recorded, not even a failure. */
  REDIS_UNAVAILABLE: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** `maxmemory` is reached. */
  REDIS_FULL: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Redis can't save to its disk and rejects writes. */
  REDIS_NOT_SAVING: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Fewer replicas than `min-replicas-to-write`. */
  REDIS_NO_REPLICAS: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_READ_ONLY: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_AUTH_REQUIRED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_AUTH_REFUSED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_ACCESS_DENIED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_TLS: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Redis has no database with the configured number. */
  REDIS_DATABASE: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** The URL names one node of a cluster as if it were a standalone Redis. */
  REDIS_CLUSTER_NODE: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** The attempt's lease has expired: the ledger has not confirmed it for too long (ports/lease.ts). */
  LEASE_EXPIRED: { ...never, onExhausted: 'postpone' },
  /** An attempt may still write. The operation can't end or begin before its lease expires. */
  LEASES_OUTSTANDING: { ...never, onExhausted: 'postpone', httpStatus: 409 },
  REDIS_EVICTS: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** Redis holds records in the format of another release. */
  REDIS_RECORD_VERSION: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** The file is damaged, or is no backup. */
  BACKUP_INVALID: { ...never, onExhausted: 'pause-run' },
  NO_DATA: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** The source has no entries, so a prune would empty the table. */
  PRUNE_SOURCE_EMPTY: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** A prune would remove more than a tenth of the items, or another number than the request confirms. */
  PRUNE_NOT_CONFIRMED: { ...never, onExhausted: 'pause-run' },
  /** Another operation holds the operation lock. */
  OPERATION_RUNNING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** This process is configured for another source, target or setting than the operation. */
  OTHER_BINDING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  NOTHING_RUNNING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** The user's job ended its process repeatedly without progress. */
  POISONED: { ...never, onExhausted: 'retry-job' },
  /** Stopped by a pause, a cancel or a shutdown. Not a failure. */
  ABORTED: { ...never, onExhausted: 'retry-job', httpStatus: 503 },
  /** The run was rolled back, so it can't be retried. */
  ROLLED_BACK: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** The run did not complete (cancelled or failed). A new run does what is left. */
  NOT_RETRYABLE: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** There is no operation with this id. */
  NOT_FOUND: { ...never, onExhausted: 'retry-job', httpStatus: 404 },
  INTERNAL: { ...never, onExhausted: 'retry-job' },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorCode = keyof typeof policies;

export const errorTable: Readonly<Record<ErrorCode, ErrorPolicy>> = policies;

/** Whether it is an error of Redis. The work that it interrupts counts as not tried. */
export function isRedisCode(code: ErrorCode): boolean {
  return code.startsWith('REDIS_');
}

/** Milliseconds to wait before try number `attempt` + 1 (full jitter). `random`: in [0, 1). */
export function backoffDelay(policy: ErrorPolicy, attempt: number, random: number): number {
  return Math.round(random * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30)));
}

/**
 * Every code the product can answer with, and the one table of what is done about it (invariant 6).
 *
 * `httpStatus`: of the answer to a request that meets it. 422 where a person has to correct the configuration or what the
 * services hold. Absent: no request should meet it, so the API answers with 500.
 *
 * `attempts`, `baseMs`, `capMs`: how often the call itself is tried near the service, with full jitter between
 * `baseMs` and a cap. `onExhausted`: what follows once that is used up.
 *
 * - `fail-entry`: this entry fails, at once and for good.
 * - `retry-job`: BullMQ retries the user's job from its checkpoint, a few times.
 * - `postpone`: the job goes on from its checkpoint a little later and consumes no attempt. It passes by itself.
 * - `pause-run`: nothing works until a person has acted. The run is paused with the reason.
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
  /** The service refuses this very item for a reason we do not know beforehand. */
  INVALID_ITEM: { ...never, onExhausted: 'fail-entry' },
  /** The bytes of a document can't be read as one. */
  MALFORMED_DOCUMENT: { ...never, onExhausted: 'fail-entry' },
  ACCESS_DENIED: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  CREDENTIALS_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  CREDENTIALS_EXPIRED: { attempts: 3, baseMs: 200, capMs: 2_000, onExhausted: 'pause-run', httpStatus: 422 },
  /** There are credentials, and the service does not know or accept them. */
  CREDENTIALS_REFUSED: { attempts: 3, baseMs: 200, capMs: 2_000, onExhausted: 'pause-run', httpStatus: 422 },
  /** The service is a DynamoDB that lacks this call, as local ones do. */
  NOT_SUPPORTED: { ...never, onExhausted: 'retry-job' },
  REGION_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  TABLE_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  TABLE_KEY_MISMATCH: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** An index has another type for an attribute that every item has: the table would refuse them all. */
  TABLE_INDEX_MISMATCH: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_ACCESS_DENIED: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_NOT_FOUND: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  SOURCE_INVALID: { ...never, onExhausted: 'retry-job', httpStatus: 422 },
  /** An answer is larger than one message may be, and no smaller page can be asked for. */
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
  /** Throttling never fails anything: the table gives what it gives, and we wait. */
  THROTTLED: {
    attempts: Number.POSITIVE_INFINITY,
    baseMs: 50,
    capMs: 20_000,
    onExhausted: 'postpone',
    httpStatus: 503,
  },
  /** A step before a run, or a coordinator's round, took longer than it may, and the service did not say why. */
  NOT_ANSWERED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Redis, where the ledger and the queue are. While it lasts nothing can be recorded, not even a failure. */
  REDIS_UNAVAILABLE: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** `maxmemory` is reached. */
  REDIS_FULL: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** It can't save to its disk and takes no writes. */
  REDIS_NOT_SAVING: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** Fewer replicas than `min-replicas-to-write`. */
  REDIS_NO_REPLICAS: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_READ_ONLY: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_AUTH_REQUIRED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_AUTH_REFUSED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_ACCESS_DENIED: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  REDIS_TLS: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** It has no database of that number. */
  REDIS_DATABASE: { ...never, onExhausted: 'postpone', httpStatus: 503 },
  /** One node of a cluster, taken for the whole. */
  REDIS_CLUSTER_NODE: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** This process has not heard from the ledger for too long to know that the attempt is still its own (Lease). */
  LEASE_EXPIRED: { ...never, onExhausted: 'postpone' },
  /** An attempt that has not reported may still write: not before its lease has run out. */
  LEASES_OUTSTANDING: { ...never, onExhausted: 'postpone', httpStatus: 409 },
  REDIS_EVICTS: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** A program of another release has written records that this one would misread. */
  REDIS_RECORD_VERSION: { ...never, onExhausted: 'pause-run', httpStatus: 503 },
  /** A backup file is damaged, or no backup. */
  BACKUP_INVALID: { ...never, onExhausted: 'pause-run' },
  NO_DATA: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** To prune against a source without entries would empty the table. */
  PRUNE_SOURCE_EMPTY: { ...never, onExhausted: 'pause-run', httpStatus: 422 },
  /** A prune would remove more than a tenth of the items, or another number than was agreed to. */
  PRUNE_NOT_CONFIRMED: { ...never, onExhausted: 'pause-run' },
  /** Another operation holds the operation lock; one at a time. */
  OPERATION_RUNNING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** The process is configured for another source, target or setting than the run it was asked about. */
  OTHER_BINDING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  NOTHING_RUNNING: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** A user whose job took its process down again and again without getting on. */
  POISONED: { ...never, onExhausted: 'retry-job' },
  /** The work was stopped from outside: pause, cancel, shutdown. Never a failure. */
  ABORTED: { ...never, onExhausted: 'retry-job', httpStatus: 503 },
  /** The run has been rolled back: nothing of it can be taken up again. */
  ROLLED_BACK: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** The run did not get to its end (cancelled, or lost its coordinator): a new run does what is left. */
  NOT_RETRYABLE: { ...never, onExhausted: 'retry-job', httpStatus: 409 },
  /** There is no operation with this id. */
  NOT_FOUND: { ...never, onExhausted: 'retry-job', httpStatus: 404 },
  INTERNAL: { ...never, onExhausted: 'retry-job' },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorCode = keyof typeof policies;

export const errorTable: Readonly<Record<ErrorCode, ErrorPolicy>> = policies;

/** Whether it is about Redis: what met it was not tried. */
export function isRedisCode(code: ErrorCode): boolean {
  return code.startsWith('REDIS_');
}

/** Milliseconds before try number `attempt` + 1, full jitter. `random` in [0, 1). */
export function backoffDelay(policy: ErrorPolicy, attempt: number, random: number): number {
  return Math.round(random * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30)));
}

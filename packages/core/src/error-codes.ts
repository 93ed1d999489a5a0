/**
 * Every code the product can answer with, and the one table of what is done about it (invariant 6).
 *
 * `attempts`, `baseMs`, `capMs`: how often the call itself is tried near the service, with full jitter between
 * `baseMs` and a cap. `gives`: what is failed or stopped once that is used up. `entry`: this entry, at once and for
 * good; `job`: the user's job, which BullMQ tries again from its checkpoint, a few times; `later`: nothing, as it
 * passes: the job goes on from its checkpoint a little later, as often as it takes, and counts as tried only where
 * others get on meanwhile and it does not; `run`: nothing can work until a person has acted, so the run is paused with
 * the reason.
 */
export interface RetryPolicy {
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly gives: 'entry' | 'job' | 'later' | 'run';
}

const never = { attempts: 1, baseMs: 0, capMs: 0 };

const policies = {
  ITEM_TOO_LARGE: { ...never, gives: 'entry' },
  KEY_TOO_LONG: { ...never, gives: 'entry' },
  KEY_COLLISION: { ...never, gives: 'entry' },
  UNSUPPORTED_VALUE: { ...never, gives: 'entry' },
  /** The service refuses this very item for a reason we do not know beforehand. */
  INVALID_ITEM: { ...never, gives: 'entry' },
  /** The bytes of a document can't be read as one. */
  MALFORMED_DOCUMENT: { ...never, gives: 'entry' },
  ACCESS_DENIED: { ...never, gives: 'run' },
  CREDENTIALS_NOT_FOUND: { ...never, gives: 'run' },
  CREDENTIALS_EXPIRED: { attempts: 3, baseMs: 200, capMs: 2_000, gives: 'run' },
  /** There are credentials, and the service does not know or accept them. */
  CREDENTIALS_REFUSED: { attempts: 3, baseMs: 200, capMs: 2_000, gives: 'run' },
  /** The service is a DynamoDB that lacks this call, as local ones do. */
  NOT_SUPPORTED: { ...never, gives: 'job' },
  REGION_NOT_FOUND: { ...never, gives: 'run' },
  TABLE_NOT_FOUND: { ...never, gives: 'run' },
  TABLE_KEY_MISMATCH: { ...never, gives: 'run' },
  /** An index has another type for an attribute that every item has: the table would refuse them all. */
  TABLE_INDEX_MISMATCH: { ...never, gives: 'run' },
  SOURCE_ACCESS_DENIED: { ...never, gives: 'run' },
  SOURCE_NOT_FOUND: { ...never, gives: 'run' },
  SOURCE_INVALID: { ...never, gives: 'job' },
  /** An answer is larger than one message may be, and no smaller page can be asked for. */
  SOURCE_MESSAGE_TOO_LARGE: { ...never, gives: 'entry' },
  SOURCE_UNAVAILABLE: { attempts: 8, baseMs: 100, capMs: 5_000, gives: 'later' },
  SOURCE_THROTTLED: { attempts: Number.POSITIVE_INFINITY, baseMs: 250, capMs: 20_000, gives: 'later' },
  TARGET_UNAVAILABLE: { attempts: 8, baseMs: 50, capMs: 5_000, gives: 'later' },
  /** Throttling never fails anything: the table gives what it gives, and we wait. */
  THROTTLED: { attempts: Number.POSITIVE_INFINITY, baseMs: 50, capMs: 20_000, gives: 'later' },
  /** A step before a run, or a coordinator's round, took longer than it may, and the service did not say why. */
  NOT_ANSWERED: { ...never, gives: 'later' },
  /** Redis, where the ledger and the queue are. While it lasts nothing can be recorded, not even a failure. */
  REDIS_UNAVAILABLE: { ...never, gives: 'later' },
  /** `maxmemory` is reached. */
  REDIS_FULL: { ...never, gives: 'later' },
  /** It can't save to its disk and takes no writes. */
  REDIS_NOT_SAVING: { ...never, gives: 'later' },
  /** Fewer replicas than `min-replicas-to-write`. */
  REDIS_NO_REPLICAS: { ...never, gives: 'later' },
  REDIS_READ_ONLY: { ...never, gives: 'later' },
  REDIS_AUTH_REQUIRED: { ...never, gives: 'later' },
  REDIS_AUTH_REFUSED: { ...never, gives: 'later' },
  REDIS_ACCESS_DENIED: { ...never, gives: 'later' },
  REDIS_TLS: { ...never, gives: 'later' },
  /** It has no database of that number. */
  REDIS_DATABASE: { ...never, gives: 'later' },
  /** One node of a cluster, taken for the whole. */
  REDIS_CLUSTER_NODE: { ...never, gives: 'run' },
  /** This process has not heard from the ledger for too long to know that the attempt is still its own (Lease). */
  LEASE_EXPIRED: { ...never, gives: 'later' },
  /** An attempt that has not reported may still write: not before its lease has run out. */
  LEASES_OUTSTANDING: { ...never, gives: 'later' },
  REDIS_EVICTS: { ...never, gives: 'run' },
  /** A program of another release has written records that this one would misread. */
  REDIS_RECORD_VERSION: { ...never, gives: 'run' },
  NO_DATA: { ...never, gives: 'run' },
  /** To prune against a source without entries would empty the table. */
  PRUNE_SOURCE_EMPTY: { ...never, gives: 'run' },
  /** A prune would remove more than a tenth of the items, or another number than was agreed to. */
  PRUNE_NOT_CONFIRMED: { ...never, gives: 'run' },
  /** Another operation holds the place; one at a time. */
  OPERATION_RUNNING: { ...never, gives: 'job' },
  /** The process is configured for another source, target or setting than the run it was asked about. */
  OTHER_BINDING: { ...never, gives: 'job' },
  NOTHING_RUNNING: { ...never, gives: 'job' },
  /** A user whose job took its process down again and again without getting on. */
  POISONED: { ...never, gives: 'job' },
  /** The work was stopped from outside: pause, cancel, shutdown. Never a failure. */
  ABORTED: { ...never, gives: 'job' },
  /** The run has been rolled back: nothing of it can be taken up again. */
  ROLLED_BACK: { ...never, gives: 'job' },
  /** The run did not get to its end (cancelled, or lost its coordinator): a new run does what is left. */
  NOT_RETRYABLE: { ...never, gives: 'job' },
  /** There is no operation with this id. */
  NOT_FOUND: { ...never, gives: 'job' },
  INTERNAL: { ...never, gives: 'job' },
} as const satisfies Record<string, RetryPolicy>;

export type ErrorCode = keyof typeof policies;

export const retryPolicies: Readonly<Record<ErrorCode, RetryPolicy>> = policies;

/** Whether it is about Redis: what met it was not tried, whatever it was. */
export function isRedisCode(code: ErrorCode): boolean {
  return code.startsWith('REDIS_');
}

/** Milliseconds before try number `attempt` + 1, full jitter. `random` in [0, 1). */
export function backoffDelay(policy: RetryPolicy, attempt: number, random: number): number {
  return Math.round(random * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 30)));
}

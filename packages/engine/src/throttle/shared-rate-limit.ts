import { type RateLimiterMemory, type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface Grant {
  readonly granted: number;
  /** Milliseconds until more units are available, if fewer were granted than requested. */
  readonly waitMs: number;
}

/** A process's activity in the last seconds, decayed. */
export interface RateSample {
  readonly writeUnitsPerSecond: number;
  /** The configured maximum of the process; null: none. */
  readonly maximum: number | null;
  /**
   * The total duration of all writes including waits, and the parts spent waiting for the budget and for a throttling
   * table; milliseconds.
   */
  readonly writeMs: number;
  readonly budgetMs: number;
  readonly throttledMs: number;
  /** The time without a write while a read was in progress, and the length of the period; milliseconds. */
  readonly sourceWaitMs: number;
  readonly periodMs: number;
}

/** The rate limit that all processes share: budgets, the maximum, and each process's sample. */
export interface SharedRateLimit {
  /** Takes up to `units` from a budget of `perSecond` units a second for all processes. */
  take(resource: 'writes' | 'reads', units: number, perSecond: number): Promise<Grant>;
  /** The maximum set by an operator; null: no limit. Undefined if none was set, or if its operation has ended. */
  maximum(): Promise<number | null | undefined>;
  /** `operationId`: the operation that it ends with; absent: until another maximum is set. */
  setMaximum(maximum: number | null, operationId?: string): Promise<void>;
  /** Keeps this process's newest sample for a few seconds. */
  publish(process: string, sample: RateSample): Promise<void>;
  samples(): Promise<readonly RateSample[]>;
  /** Milliseconds since reads began. Restarts after 15 minutes without a call. */
  rampAge(): Promise<number>;
}

/**
 * The window of a budget: short, so that a burst exceeds the rate by at most one window, but long enough for several
 * units.
 */
export function windowOf(perSecond: number): { readonly windowMs: number; readonly points: number } {
  const windowMs = perSecond >= 40 ? 250 : 1_000;
  return { windowMs, points: Math.max(1, Math.floor((perSecond * windowMs) / 1_000)) };
}

/** Takes up to `units` of the points that the current window has left. */
export async function takeFrom(
  limiter: RateLimiterMemory | RateLimiterRedis,
  key: string,
  units: number,
): Promise<Grant> {
  try {
    await limiter.consume(key, units);
    return { granted: units, waitMs: 0 };
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    // The limiter also counts refused points, so this caller takes all that was left.
    const before = refused.consumedPoints - units;
    return { granted: Math.max(0, limiter.points - before), waitMs: Math.max(1, refused.msBeforeNext) };
  }
}

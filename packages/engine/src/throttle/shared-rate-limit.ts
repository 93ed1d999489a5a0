import { type RateLimiterMemory, type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface Grant {
  readonly granted: number;
  /** When more of the budget may be had, in milliseconds, where less was granted than asked for. */
  readonly waitMs: number;
}

/** How the last seconds of one process went, decayed. */
export interface RateSample {
  readonly writeUnitsPerSecond: number;
  /** The maximum that the process is configured with, null for none. */
  readonly maximum: number | null;
  /** The time of all writes, waiting included, in ms, and what of it was spent waiting for the budget or for the table. */
  readonly writeMs: number;
  readonly budgetMs: number;
  readonly throttledMs: number;
  /** Time in which there was nothing to write while something was being read, and the time it is a part of, in ms. */
  readonly sourceWaitMs: number;
  readonly periodMs: number;
}

/** The rate limit that all processes share: the budget, its maximum, and how each process gets on. */
export interface SharedRateLimit {
  /** Takes up to so many of the units that all processes may use in a second. `resource`: what is limited. */
  take(resource: 'writes' | 'reads', units: number, perSecond: number): Promise<Grant>;
  /** What a person set, null for no budget; undefined where none was, or what it was set for is over. */
  maximum(): Promise<number | null | undefined>;
  /** `operationId`: what it is set for, and ends with; absent: until another one is set. */
  setMaximum(maximum: number | null, operationId?: string): Promise<void>;
  /** Keeps this process's newest sample for a few seconds. */
  publish(process: string, sample: RateSample): Promise<void>;
  samples(): Promise<readonly RateSample[]>;
  /** Milliseconds since the reads began; they begin again after a quarter of an hour without a question. */
  rampAge(): Promise<number>;
}

/**
 * Budgets are granted by windows: short ones, so that no few seconds hold more than a window too much, yet of some
 * units each.
 */
export function windowOf(perSecond: number): { readonly windowMs: number; readonly points: number } {
  const windowMs = perSecond >= 40 ? 250 : 1_000;
  return { windowMs, points: Math.max(1, Math.floor((perSecond * windowMs) / 1_000)) };
}

/** As many of the points as the current window has left. */
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
    // A refusal is counted as well, so this caller takes all that was left before it.
    const before = refused.consumedPoints - units;
    return { granted: Math.max(0, limiter.points - before), waitMs: Math.max(1, refused.msBeforeNext) };
  }
}

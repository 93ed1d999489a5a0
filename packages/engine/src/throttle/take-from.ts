import { type RateLimiterMemory, type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

import type { Grant } from './shared-rate-limit.ts';

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

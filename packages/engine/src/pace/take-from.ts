import { type RateLimiterMemory, type RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

import type { Grant } from './pace-store.ts';

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
    // A refusal is counted as well: what was left before it is nobody else's any more.
    const before = refused.consumedPoints - units;
    return { granted: Math.max(0, limiter.points - before), waitMs: Math.max(1, refused.msBeforeNext) };
  }
}

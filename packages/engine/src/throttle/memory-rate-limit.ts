import { RateLimiterMemory } from 'rate-limiter-flexible';

import { type RateSample, type SharedRateLimit, windowOf, takeFrom } from './shared-rate-limit.ts';

/** A rate limit for a run in one process. */
export function createMemoryRateLimit(): SharedRateLimit {
  const limiters = new Map<string, RateLimiterMemory>();
  const samples = new Map<string, RateSample>();
  let set: number | null | undefined;
  let rampBegan: number | undefined;

  function limiterOf(resource: string, perSecond: number): RateLimiterMemory {
    const name = `${resource} ${perSecond}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const { windowMs, points } = windowOf(perSecond);
    const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
    // The maximum has changed: replace the limiter.
    for (const other of limiters.keys()) if (other.startsWith(`${resource} `)) limiters.delete(other);
    limiters.set(name, limiter);
    return limiter;
  }

  return {
    take: (resource, units, perSecond) => takeFrom(limiterOf(resource, perSecond), resource, units),
    maximum: async () => set,
    async setMaximum(maximum) {
      set = maximum;
    },
    async publish(process, sample) {
      samples.set(process, sample);
    },
    samples: async () => [...samples.values()],
    async rampAge() {
      rampBegan ??= Date.now();
      return Date.now() - rampBegan;
    },
  };
}

import type { RateSample } from './shared-rate-limit.ts';

/**
 * What limits the write rate. `budget`: writes wait for their share of the maximum. `throttled`: they wait because the
 * table takes no more. `source`: there is nothing to write while Firestore is being read. `workers`: none of these;
 * more workers, or more writes at once, would be faster. `paused`: by a person, or by an error that only a person can fix.
 */
export type LimitedBy = 'budget' | 'throttled' | 'source' | 'workers' | 'paused';

export interface PaceReport {
  /** Write units that all processes used a second, over the last few. */
  readonly writeUnitsPerSecond: number;
  readonly maxWriteUnitsPerSecond: number | null;
  readonly limitedBy: LimitedBy;
}

/** The share of the time from which on a wait is what matters. */
const notable = 0.25;

export function paceReport(samples: readonly RateSample[], maximum: number | null): PaceReport {
  const sum = (of: (sample: RateSample) => number): number =>
    samples.reduce((total, sample) => total + of(sample), 0);
  return {
    writeUnitsPerSecond: Math.round(sum((sample) => sample.writeUnitsPerSecond)),
    maxWriteUnitsPerSecond: maximum,
    limitedBy: limitedBy(
      share(
        sum((sample) => sample.budgetMs),
        sum((sample) => sample.writeMs),
      ),
      share(
        sum((sample) => sample.throttledMs),
        sum((sample) => sample.writeMs),
      ),
      share(
        sum((sample) => sample.sourceWaitMs),
        sum((sample) => sample.periodMs),
      ),
    ),
  };
}

function limitedBy(budget: number, throttled: number, sourceWait: number): LimitedBy {
  // Writes that wait for their turn are the reason whatever else is slow as well.
  if (sourceWait < 0.5 && Math.max(budget, throttled) >= notable)
    return budget >= throttled ? 'budget' : 'throttled';
  return sourceWait >= 0.5 ? 'source' : 'workers';
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

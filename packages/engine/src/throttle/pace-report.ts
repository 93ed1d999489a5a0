import type { PaceReport } from '../api/status.ts';
import type { RateSample } from './shared-rate-limit.ts';

/** A wait that takes at least this share of the time is reported as the limit. */
const notable = 0.25;

export function paceReport(samples: readonly RateSample[], maximum: number | null): PaceReport {
  const sum = (name: keyof Omit<RateSample, 'maximum'>): number =>
    samples.reduce((total, sample) => total + sample[name], 0);
  const writeMs = sum('writeMs');
  return {
    writeUnitsPerSecond: Math.round(sum('writeUnitsPerSecond')),
    maxWriteUnitsPerSecond: maximum,
    limitedBy: limitedBy(
      share(sum('budgetMs'), writeMs),
      share(sum('throttledMs'), writeMs),
      share(sum('sourceWaitMs'), sum('periodMs')),
    ),
  };
}

function limitedBy(budget: number, throttled: number, sourceWait: number): PaceReport['limitedBy'] {
  // Waiting writes are the reason, even if something else is slow too.
  if (sourceWait < 0.5 && Math.max(budget, throttled) >= notable)
    return budget >= throttled ? 'budget' : 'throttled';
  return sourceWait >= 0.5 ? 'source' : 'workers';
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

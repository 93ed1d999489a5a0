import type { CoordinatorState } from '@migrator/core';

type Rate = NonNullable<CoordinatorState['rate']>;

/** The time over which an older rate is forgotten by half. */
const halfLifeMs = 5_000;

/** Entries a second, smoothed so that an ETA neither jumps nor sticks. `now` in milliseconds. */
export function nextRate(last: Rate | undefined, processed: number, now: number): Rate {
  if (last === undefined) return { perSecond: 0, at: now, processed };
  const elapsed = now - last.at;
  if (elapsed < 200) return last;
  const measured = Math.max(0, ((processed - last.processed) / elapsed) * 1_000);
  const keep = last.perSecond === 0 ? 0 : 0.5 ** (elapsed / halfLifeMs);
  return { perSecond: last.perSecond * keep + measured * (1 - keep), at: now, processed };
}

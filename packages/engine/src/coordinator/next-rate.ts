import type { CoordinatorState } from '@migrator/core';

type Rate = NonNullable<CoordinatorState['rate']>;

/** The half-life of an older rate's weight. */
const halfLifeMs = 5_000;
/** After this time without a commit the rate is 0. */
const idleAfterMs = 10_000;

/** Entries a second, smoothed so that an ETA neither jumps nor sticks. `now` in milliseconds. */
export function nextRate(last: Rate | undefined, processed: number, now: number): Rate {
  if (last === undefined) return { perSecond: 0, at: now, processed, movedAt: now };
  const elapsed = now - last.at;
  if (elapsed < 200) return last;
  const movedAt = last.movedAt ?? last.at;
  if (processed === last.processed && now - movedAt >= idleAfterMs)
    return { perSecond: 0, at: now, processed, movedAt };
  // After a standstill, the entries of one commit count over the time since the previous commit.
  const since = last.perSecond === 0 ? movedAt : last.at;
  const measured = Math.max(0, ((processed - last.processed) / (now - since)) * 1_000);
  const keep = last.perSecond === 0 ? 0 : 0.5 ** (elapsed / halfLifeMs);
  return {
    perSecond: last.perSecond * keep + measured * (1 - keep),
    at: now,
    processed,
    movedAt: processed === last.processed ? movedAt : now,
  };
}

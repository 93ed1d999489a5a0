import { type Binding, isSameBinding, type Ledger, readProvenance, type Target } from '@migrator/core';

/** A look at the table reads 8 segments of at most so many pages of 1 MB: some 200 MB, or 50,000 read units (1 US cent). */
const segments = 8;
const pagesPerSegment = 25;
const lookLimitMs = 5_000;
const recentRuns = 20;
/** What claims to come from further ahead is no clock that is off by some days, and would take every later run along. */
const furthestMs = 366 * 24 * 60 * 60 * 1_000;

/**
 * When a run may start: now, or just after the newest item that an earlier run wrote. A run that starts before it, by a
 * clock that is behind or after one that was ahead, finds its items newer and repairs none of them.
 *
 * The ledger sees to it that starts grow. Only where it knows no run into this table, the table is asked, within limits; an
 * item that this look has missed is met by the run, which notes it (`newestSeen`), so that the next one starts after it.
 */
export async function startTimeOf(
  { ledger, target }: { readonly ledger: Ledger; readonly target: Target },
  own: Binding,
  now: Date,
): Promise<Date> {
  const { operations } = await ledger.list('migration', { limit: recentRuns });
  const runs = operations.filter(
    ({ binding, request }) =>
      isSameBinding(binding, own, ['target']) && request.kind === 'migration' && !request.dryRun,
  );
  const known =
    runs.length > 0
      ? runs.flatMap(({ coordinatorState }) => coordinatorState.newestSeen ?? [])
      : await newestProvenances(target).catch(() => []);
  const limit = now.getTime() + furthestMs;
  const times = known.map((text) => Date.parse(text) + 1).filter((time) => time <= limit);
  return new Date(Math.max(now.getTime(), ...times));
}

/** The newest of each segment, as far as the look gets. */
async function newestProvenances(target: Target): Promise<string[]> {
  const signal = AbortSignal.timeout(lookLimitMs);
  const newest = Array.from({ length: segments }, () => '');
  const look = async (segment: number): Promise<void> => {
    let cursor: string | undefined;
    for (let page = 0; page < pagesPerSegment; page += 1) {
      const found = await target.scan({
        segment,
        totalSegments: segments,
        keysOnly: true,
        signal,
        cursor,
      });
      for (const item of found.items) {
        const migratedAt = readProvenance(item)?.migratedAt ?? '';
        if (migratedAt > newest[segment]!) newest[segment] = migratedAt;
      }
      cursor = found.cursor;
      if (cursor === undefined) return;
    }
  };
  // What was found before a segment failed is as good as without it.
  await Promise.allSettled(newest.map((_, segment) => look(segment)));
  return newest.filter((text) => text !== '');
}

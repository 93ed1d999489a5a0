import {
  type Binding,
  isSameBinding,
  type Ledger,
  parseItem,
  readProvenance,
  type Target,
} from '@migrator/core';

/**
 * The table scan is limited to this many segments of `pagesPerSegment` pages of 1 MB: some 200 MB, or 50,000 read
 * units (1 US cent).
 */
const segments = 8;
const pagesPerSegment = 25;
const scanLimitMs = 5_000;
const recentRuns = 20;
/**
 * Ignores a `migratedAt` further ahead than this. It is not a clock that is wrong by days, and would shift all later
 * runs.
 */
const furthestMs = 366 * 24 * 60 * 60 * 1_000;

/**
 * When a run may start: now, or a millisecond after the newest item of an earlier run. With an earlier start, because
 * of a wrong clock, the run would find those items newer and would not repair them.
 *
 * The ledger ensures that starts increase. Only if it has no run into this table, part of the table is scanned. A run
 * that finds a newer item that the scan missed records it (`newestSeen`), so that the next run starts after it.
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

/** The newest `migratedAt` of each segment, as far as it was scanned. */
async function newestProvenances(target: Target): Promise<string[]> {
  const signal = AbortSignal.timeout(scanLimitMs);
  const newest = Array.from({ length: segments }, () => '');
  const scanSegment = async (segment: number): Promise<void> => {
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
        const migratedAt = readProvenance(parseItem(item))?.migratedAt ?? '';
        if (migratedAt > newest[segment]!) newest[segment] = migratedAt;
      }
      cursor = found.cursor;
      if (cursor === undefined) return;
    }
  };
  // A segment that fails leaves the results of the others.
  await Promise.allSettled(newest.map((_, segment) => scanSegment(segment)));
  return newest.filter((text) => text !== '');
}

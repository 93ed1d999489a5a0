import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work that may have no end, for so long at most. Resolves with whether it ended, with an error or without. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = delay(limitMs, false, { signal: limit.signal }).catch(() => false);
  const inTime = await Promise.race([ended, late]);
  limit.abort();
  return inTime;
}

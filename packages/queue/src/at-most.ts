import { setTimeout as delay } from 'node:timers/promises';

/** Waits at most `limitMs` milliseconds for work that may never end. Resolves with whether it settled. */
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

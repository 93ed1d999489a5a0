import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work that may have no end, for so long at most; how it ends does not matter any more. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const late = delay(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  limit.abort();
}

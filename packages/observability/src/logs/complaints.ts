import type { Log } from './create-log.ts';

const quietMs = 10_000;

/** Logs troubles that come again and again, as a Redis that refuses us does, once every few seconds. */
export function createComplaints(log: Log): (error: unknown) => void {
  const last = new Map<string, number>();
  return (err) => {
    const message = err instanceof Error ? err.message : String(err);
    const now = Date.now();
    if (now - (last.get(message) ?? 0) < quietMs) return;
    if (last.size > 100) last.clear();
    last.set(message, now);
    log.error({ err }, 'trouble');
  };
}

import { messageOf } from '@migrator/core';
import type { Log } from './create-log.ts';

const quietMs = 10_000;
const remembered = 100;

/** Whether a text is new: not one of the last ten seconds. */
export function createRateLimit(): (text: string) => boolean {
  const last = new Map<string, number>();
  return (text) => {
    const now = Date.now();
    if (now - (last.get(text) ?? 0) < quietMs) return false;
    if (last.size > remembered) last.clear();
    last.set(text, now);
    return true;
  };
}

/** For errors that repeat, such as those of a Redis that refuses connections: logs each message once in ten seconds. */
export function createLogRateLimited(log: Log): (error: unknown) => void {
  const isNew = createRateLimit();
  return (err) => {
    if (isNew(messageOf(err))) log.error({ err }, 'service-error');
  };
}

import { messageOf } from '@migrator/core';
import type { Log } from './create-log.ts';

const quietMs = 10_000;
const remembered = 100;

/** Tells whether a text is news: not one that was told in the last ten seconds. */
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

/** For errors that come again and again, such as a Redis that refuses us: each message once every ten seconds. */
export function createLogRateLimited(log: Log): (error: unknown) => void {
  const isNews = createRateLimit();
  return (err) => {
    if (isNews(messageOf(err))) log.error({ err }, 'service-error');
  };
}

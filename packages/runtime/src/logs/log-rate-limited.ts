import type { Log } from './create-log.ts';
import { createRateLimit } from './rate-limit.ts';

/** Logs troubles that come again and again, as a Redis that refuses us does, once every few seconds. */
export function createComplaints(log: Log): (error: unknown) => void {
  const isNews = createRateLimit();
  return (err) => {
    if (isNews(err instanceof Error ? err.message : String(err))) log.error({ err }, 'service-error');
  };
}

import { setTimeout as delay } from 'node:timers/promises';

import { Cluster, type Redis } from 'ioredis';

/** As long as the next try to reach Redis may be ahead and take. */
const lastTryMs = 3_000;

/**
 * Makes it possible to let go of a Redis that gives no answer any more, for this connection and those that BullMQ makes
 * like it from now on. What is given back does that, and resolves when all that waits for Redis has failed, or when it
 * answers after all.
 *
 * (`disconnect` between two tries to reach it takes the next try away and leaves everything waiting for good.)
 */
export function forceDisconnect(redis: Redis | Cluster): () => Promise<void> {
  let abandoned = false;
  if (redis instanceof Cluster) {
    const { clusterRetryStrategy } = redis.options;
    redis.options.clusterRetryStrategy = (times, reason) =>
      abandoned ? null : clusterRetryStrategy?.(times, reason);
  } else {
    const { retryStrategy } = redis.options;
    redis.options.retryStrategy = (times) => (abandoned ? null : retryStrategy?.(times));
  }
  return async () => {
    abandoned = true;
    if (redis.status === 'ready') {
      redis.disconnect();
      return;
    }
    const answered = Promise.withResolvers<void>();
    const limit = new AbortController();
    redis.once('ready', answered.resolve);
    const late = delay(lastTryMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([answered.promise, late]);
    limit.abort();
    redis.off('ready', answered.resolve);
  };
}

import type { RedisConnection } from './primary-redis.ts';

/** What a process put up longer ago is the last word of one that is gone. */
const staleMs = 60_000;

/** Where workers put their metrics up, for the API to show: one field for each process. */
export interface MetricsBoard {
  put(process: string, metrics: unknown): Promise<void>;
  /** What all processes that are alive have put up, as they put it. */
  read(): Promise<readonly unknown[]>;
}

export function createMetricsBoard(redis: RedisConnection, prefix: string): MetricsBoard {
  const key = `${prefix}:metrics`;
  return {
    async put(process, metrics) {
      await redis.hset(key, process, JSON.stringify({ at: Date.now(), metrics }));
      await redis.pexpire(key, staleMs);
    },
    async read() {
      const fields = Object.entries(await redis.hgetall(key)).map(([process, text]) => ({
        process,
        ...(JSON.parse(text) as { at: number; metrics: unknown }),
      }));
      const oldest = Date.now() - staleMs;
      const stale = fields.filter(({ at }) => at < oldest);
      if (stale.length > 0) await redis.hdel(key, ...stale.map(({ process }) => process));
      return fields.filter(({ at }) => at >= oldest).map(({ metrics }) => metrics);
    },
  };
}

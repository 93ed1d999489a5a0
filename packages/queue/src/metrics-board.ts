import type { RedisConnection } from './primary-redis.ts';

/** Older metrics belong to a process that has ended. */
const staleMs = 60_000;

/** The metrics that workers publish for the API, one field for each process. */
export interface MetricsBoard {
  put(process: string, metrics: unknown): Promise<void>;
  /** The published metrics of all live processes. */
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

import type { RedisConnection } from './primary-redis.ts';
import { namingRedisErrors } from './redis-errors.ts';

/**
 * Small texts with an expiry, such as a browser's session. Rejects with REDIS_UNAVAILABLE while Redis can't be
 * reached.
 */
export interface SessionStore {
  put(id: string, value: string, lifetimeMs: number): Promise<void>;
  get(id: string): Promise<string | undefined>;
  delete(id: string): Promise<void>;
}

export function createRedisSessionStore(redis: RedisConnection, prefix: string): SessionStore {
  const key = (id: string): string => `${prefix}:session:${id}`;
  return namingRedisErrors<SessionStore>(
    {
      async put(id, value, lifetimeMs) {
        await redis.set(key(id), value, 'PX', lifetimeMs);
      },
      get: async (id) => (await redis.get(key(id))) ?? undefined,
      async delete(id) {
        await redis.del(key(id));
      },
    },
    redis,
  );
}

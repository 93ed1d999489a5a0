import type { QueueContext } from '@migrator/composition';
import { requireRedis } from '@migrator/queue';

/** All that handlers need; made once by the composition root. */
export interface ApiContext extends QueueContext {
  /** Aborts when the server stops, so that nobody waits on. */
  readonly stopping: AbortSignal;
}

export const basePath = '/api/migration/firestore-to-dynamodb';

/** A request that needs Redis gets its 503 within three seconds, never a hang. */
const redisLimitMs = 2_500;

export function redisAnswers(context: ApiContext): Promise<void> {
  return requireRedis(context.redis, redisLimitMs);
}

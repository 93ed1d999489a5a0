import type { CoordinatorContext } from '@migrator/engine';
import type { MigrationQueues } from '@migrator/queue';

/** All that handlers need; made once by the composition root. */
export interface ApiContext extends CoordinatorContext {
  readonly queues: MigrationQueues;
  /** Throws REDIS_UNAVAILABLE within seconds, so that no request hangs. */
  readonly requireRedis: () => Promise<void>;
  readonly requireNoEviction: () => Promise<void>;
  /** Aborts when the server stops, so that nobody waits on. */
  readonly stopping: AbortSignal;
}

export const basePath = '/api/migration/firestore-to-dynamodb';

import type { Config } from '@migrator/config';
import type { CoordinatorContext } from '@migrator/engine';
import {
  closeRedis,
  connectRedis,
  createQueueDispatcher,
  createRedisLedger,
  createRedisPaceStore,
  type MigrationQueues,
  openQueues,
} from '@migrator/queue';
import type { Redis } from 'ioredis';

import { openServices } from './open-services.ts';

/** Everything that an API or a worker stands on. */
export interface QueueContext extends CoordinatorContext {
  readonly queues: MigrationQueues;
  /** BullMQ's connection. */
  readonly redis: Redis;
  close(): Promise<void>;
}

/**
 * Opens the services and Redis. An `api` answers people and fails fast while Redis is away; a `worker` waits for it,
 * with a connection of its own for the books.
 */
export async function openQueueContext(
  config: Config,
  role: 'api' | 'worker',
  onError: (error: unknown) => void,
): Promise<QueueContext> {
  const { url, prefix } = config.redis;
  const redis = connectRedis(url, role === 'api' ? 'api' : 'queue', onError);
  const books = role === 'api' ? redis : connectRedis(url, 'ledger', onError);
  const queues = openQueues(redis, prefix, onError);
  const disconnect = async (): Promise<void> => {
    await queues.close();
    await Promise.all([...new Set([redis, books])].map((connection) => closeRedis(connection)));
  };
  const paceStore = createRedisPaceStore({ redis: books, prefix });
  const services = await openServices(config, paceStore).catch(async (error: unknown) => {
    await disconnect();
    throw error;
  });
  return {
    ...services,
    ledger: createRedisLedger({ redis: books, prefix }),
    dispatcher: createQueueDispatcher(queues),
    now: () => new Date(),
    queues,
    redis,
    async close() {
      await disconnect();
      await services.close();
    },
  };
}

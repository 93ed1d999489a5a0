import type { Config } from '@migrator/config';
import { type Binding, messageOf, MigrationError } from '@migrator/core';
import type { CoordinatorContext, EngineContext, RateController } from '@migrator/engine';
import {
  closeRedis,
  connectRedis,
  createQueueDispatcher,
  createRedisLedger,
  createRedisRateLimit,
  createWorkerRegistry,
  type MigrationQueues,
  namingRedisErrors,
  openQueues,
  type RedisConnection,
  requireRedis,
  type Telemetry,
  type WorkerRegistry,
} from '@migrator/queue';
import type { Observation } from './observe.ts';

import { openServices } from './open-services.ts';

/** The time limit for Redis to answer. */
const redisLimitMs = 2_000;

/** The context of an API or a worker. */
export interface QueueContext extends CoordinatorContext, EngineContext {
  readonly rateController: RateController;
  readonly queues: MigrationQueues;
  readonly workers: WorkerRegistry;
  /** BullMQ's connection. */
  readonly redis: RedisConnection;
  /** The binding, as far as it is known without a call. */
  readonly configured: Binding;
  close(): Promise<void>;
}

/**
 * Opens the services and Redis. An `api` fails fast while Redis can't be reached. A `worker` waits for it, and has a
 * separate connection for the ledger.
 */
export async function openQueueContext(
  config: Config,
  role: 'api' | 'worker',
  onError: (error: unknown) => void,
  { observation, telemetry }: { observation?: Observation; telemetry?: Telemetry } = {},
): Promise<QueueContext> {
  const { prefix } = config.redis;
  const redis = connectRedis(config.redis, role === 'api' ? 'api' : 'queue', onError);
  const ledgerRedis = role === 'api' ? redis : connectRedis(config.redis, 'ledger', onError);
  const queues = openQueues(redis, prefix, onError, telemetry);
  const disconnect = async (): Promise<void> => {
    await queues.close();
    await Promise.all([...new Set([redis, ledgerRedis])].map((connection) => closeRedis(connection)));
  };
  const sharedRateLimit = createRedisRateLimit({ redis: ledgerRedis, prefix });
  const services = await openServices(config, sharedRateLimit, observation).catch(async (error: unknown) => {
    const also = await requireRedis(redis, redisLimitMs).then(() => undefined, messageOf);
    await disconnect();
    if (also === undefined) throw error;
    // Reports all missing settings at once.
    throw new MigrationError(MigrationError.codeOf(error), `${messageOf(error)}\n${also}`, { cause: error });
  });
  const ledger = createRedisLedger({ redis: ledgerRedis, prefix });
  return {
    ...services,
    ledger: observation?.observeLedger(ledger) ?? ledger,
    dispatcher: namingRedisErrors(
      createQueueDispatcher(queues, { hideUserData: config.hideUserData }),
      redis,
    ),
    now: () => new Date(),
    queues,
    workers: createWorkerRegistry(ledgerRedis, prefix),
    redis,
    async close() {
      await disconnect();
      await services.close();
    },
  };
}

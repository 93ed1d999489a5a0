export { atMost } from './at-most.ts';
export { type MigrationQueues, openQueues, openQueueTelemetry, queueLoads } from './migration-queues.ts';
export type { Telemetry } from 'bullmq';
export { createQueueDispatcher } from './queue-dispatcher.ts';
export {
  closeRedis,
  requireFitRedis,
  requireRedis,
  requireWrites,
  untilFitRedis,
} from './redis-connection.ts';
export { requireRecordVersion } from './record-version.ts';
export { namingRedisErrors, toRedisError } from './redis-errors.ts';
export { connectRedis, type RedisSettings } from './connect-redis.ts';
export type { RedisConnection } from './primary-redis.ts';
export { createWorkerRegistry, type LiveWorker, type WorkerRegistry } from './worker-registry.ts';
export { startWorkers } from './start-workers.ts';
export { createMetricsBoard, type MetricsBoard } from './metrics-board.ts';
export type { OnWorkEvent } from './work-events.ts';
export { createRedisSessionStore, type SessionStore } from './redis-session-store.ts';
export { createRedisRateLimit } from './redis-rate-limit.ts';
export { createRedisLedger } from './redis-ledger/redis-ledger.ts';

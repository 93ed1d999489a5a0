export { type MigrationQueues, openQueues } from './migration-queues.ts';
export { createQueueDispatcher } from './queue-dispatcher.ts';
export { closeRedis, connectRedis, requireNoEviction, requireRedis } from './redis-connection.ts';
export { startWorkers } from './start-workers.ts';
export { createRedisPaceStore } from './redis-pace-store.ts';
export { createRedisLedger } from './redis-ledger/redis-ledger.ts';

export type { DynamoDbOptions, DynamoDbService } from './services/dynamodb.ts';
export { createHeatmapsTable, startDynamoDb } from './services/dynamodb.ts';
export type { FirestoreOptions, FirestoreService } from './services/firestore.ts';
export { startFirestore } from './services/firestore.ts';
export type { RedisOptions } from './services/redis.ts';
export { RedisMissingError, startRedis } from './services/redis.ts';
export { freePort } from './services/free-port.ts';
export { findLocalProgram, findProgramForTests } from './services/local-program.ts';
export type { RedisClusterOptions, RedisClusterService } from './services/redis-cluster.ts';
export { startRedisCluster } from './services/redis-cluster.ts';
export type { RedisSentinelsOptions, RedisSentinelsService } from './services/redis-sentinels.ts';
export { startRedisSentinels } from './services/redis-sentinels.ts';
export { redisRefusals, startRefusingRedis } from './services/refusing-redis.ts';
export type { RedisService } from './services/redis-service.ts';
export type { LocalService, ServiceOptions } from './services/service.ts';
export { PortTakenError } from './services/service.ts';
export {
  Program,
  ProgramError,
  type ProgramOptions,
  startProgram,
  workerFlags,
} from './processes/program.ts';
export { runProgram, type RunOptions } from './processes/run-program.ts';
export type {
  LocalServices,
  LocalServicesEnv,
  LocalServicesOptions,
} from './services/start-local-services.ts';
export { servicesEnv, startLocalServices } from './services/start-local-services.ts';
export { keepsTags } from './services/vendors/keeps-tags.ts';
export { startVendorServices } from './services/vendors/start-vendor-services.ts';
export { VendorsMissingError } from './services/vendors/vendors-missing-error.ts';
export { decodeDocument, decodeMessage } from './fixtures/decode-document.ts';
export { type EncodableDocument, encodeDocument, type FieldValue } from './fixtures/encode-document.ts';
export { encodeItem, type ItemFixture, migratedItem } from './fixtures/encode-item.ts';
export { fillFirestore } from './fixtures/fill-firestore.ts';
export {
  type JournalEntry,
  journalEntry,
  journals,
  type JournalsOptions,
  type JournalUser,
} from './fixtures/journals.ts';
export { oddIds } from './fixtures/odd-ids.ts';
export {
  exception,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from './scripted-services/scripted-dynamodb.ts';
export {
  type ScriptedFirestore,
  type ScriptedReply,
  type ScriptedRpc,
  startScriptedFirestore,
} from './scripted-services/scripted-firestore.ts';
export { seededRandom } from './fixtures/seeded-random.ts';
export { type DynamoDbFault, type DynamoDbProxy, startDynamoDbProxy } from './fault-proxy/dynamodb-proxy.ts';
export { type Fault, FaultPlan, type FaultPlanOptions } from './fault-proxy/fault-plan.ts';
export {
  type FirestoreFault,
  type FirestoreProxy,
  startFirestoreProxy,
} from './fault-proxy/firestore-proxy.ts';
export { startTcpProxy, type TcpFault, type TcpProxy } from './fault-proxy/tcp-proxy.ts';
export { ThrottledTable } from './fault-proxy/throttled-table.ts';
export { heldLease, sampleBinding } from './fixtures/placeholders.ts';

import type { DynamoDbOptions, DynamoDbService } from './dynamodb.ts';
import { startDynamoDb } from './dynamodb.ts';
import type { FirestoreOptions, FirestoreService } from './firestore.ts';
import { startFirestore } from './firestore.ts';
import type { RedisOptions } from './redis.ts';
import type { RedisService } from './redis-service.ts';
import { startRedis } from './redis.ts';

export interface LocalServicesOptions {
  redis?: RedisOptions;
  dynamodb?: DynamoDbOptions;
  firestore?: FirestoreOptions;
  /** `demo-trading-journals` by default. */
  projectId?: string;
}

/** The environment that connects an application to the local services. */
export type LocalServicesEnv = Record<
  | 'REDIS_URL'
  | 'FIRESTORE_EMULATOR_HOST'
  | 'GOOGLE_CLOUD_PROJECT'
  | 'AWS_ENDPOINT_URL_DYNAMODB'
  | 'AWS_REGION'
  | 'AWS_ACCESS_KEY_ID'
  | 'AWS_SECRET_ACCESS_KEY'
  | 'DYNAMODB_TABLE'
  | 'METADATA_SERVER_DETECTION'
  | 'AWS_EC2_METADATA_DISABLED',
  string
>;

/** The environment that connects an application to services on this machine. */
export function servicesEnv(where: {
  redisUrl: string;
  emulatorHost: string;
  endpoint: string;
  tableName?: string;
  projectId?: string;
}): LocalServicesEnv {
  return {
    REDIS_URL: where.redisUrl,
    FIRESTORE_EMULATOR_HOST: where.emulatorHost,
    GOOGLE_CLOUD_PROJECT: where.projectId ?? 'demo-trading-journals',
    AWS_ENDPOINT_URL_DYNAMODB: where.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    DYNAMODB_TABLE: where.tableName ?? 'tradebook-heatmaps',
    METADATA_SERVER_DETECTION: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

export interface LocalServices extends AsyncDisposable {
  readonly redis: RedisService;
  readonly dynamodb: DynamoDbService;
  readonly firestore: FirestoreService;
  readonly env: LocalServicesEnv;
  /** Stops all three, also if one of them fails to stop; throws then, after the last was tried. */
  stop(): Promise<void>;
}

export interface Engines {
  dynamodb(options?: DynamoDbOptions): Promise<DynamoDbService>;
  firestore(options?: FirestoreOptions): Promise<FirestoreService>;
}

/** Starts Redis and the stand-ins of DynamoDB and Firestore together, as `startServices` does. */
export async function startLocalServices(options: LocalServicesOptions = {}): Promise<LocalServices> {
  return await startServices(options, { dynamodb: startDynamoDb, firestore: startFirestore });
}

/** Starts Redis and both engines together. If one can't start, the others are stopped before it throws. */
export async function startServices(options: LocalServicesOptions, engines: Engines): Promise<LocalServices> {
  await using opened = new AsyncDisposableStack();
  const starts = [
    startRedis(options.redis).then((redis) => opened.use(redis)),
    engines.dynamodb(options.dynamodb).then((dynamodb) => opened.use(dynamodb)),
    engines.firestore(options.firestore).then((firestore) => opened.use(firestore)),
  ] as const;
  // All must have settled before anything is released, or a late one would keep running.
  await Promise.allSettled(starts);
  const [redis, dynamodb, firestore] = await Promise.all(starts);
  const running = opened.move();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= running.disposeAsync());
  return {
    redis,
    dynamodb,
    firestore,
    env: servicesEnv({
      redisUrl: redis.url,
      emulatorHost: firestore.emulatorHost,
      endpoint: dynamodb.endpoint,
      tableName: dynamodb.tableName,
      projectId: options.projectId,
    }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

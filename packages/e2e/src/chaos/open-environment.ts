import {
  createHeatmapsTable,
  type DynamoDbFault,
  type FirestoreFault,
  freePort,
  type LocalServicesEnv,
  Program,
  type RedisService,
  seededRandom,
  startDynamoDbProxy,
  startFirestoreProxy,
  startLocalServices,
  startRedis,
  startTcpProxy,
  type TcpFault,
} from '@migrator/devkit';

import type { ChaosEnvironment } from './process-faults.ts';

const shiftClock = new URL('./shift-clock.ts', import.meta.url).href;
const restartAfterMs = 500;
const strayTable = 'journals-of-a-stray-worker';

export interface ChaosEnvironmentOptions {
  readonly seed: number;
  readonly faults: number;
  readonly entries: number;
  readonly workers: number;
  /** The offset of each worker's clock in milliseconds, by its index; 0 by default. */
  readonly clockOffsetsMs?: readonly number[];
  /** Where Firestore and DynamoDB are, with a project and a table of its own; stand-ins are started by default. */
  readonly engines?: LocalServicesEnv;
  /** Further variables of the API and the workers. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
}

export interface OpenChaosEnvironment extends ChaosEnvironment, AsyncDisposable {
  /** What points at the services themselves, behind all proxies. */
  readonly env: LocalServicesEnv;
  readonly apiUrl: string;
  /** Faults of the proxies so far, by service and kind. */
  faults(): Record<string, number>;
  /** No further faults. */
  calm(): void;
}

/** The shares of a service's faults by kind. */
const dynamoDbShares: Readonly<Record<DynamoDbFault, number>> = {
  'throughput-exceeded': 18,
  throttling: 9,
  'request-limit': 6,
  'internal-error': 10,
  unavailable: 10,
  'reset-before': 12,
  'reset-after': 15,
  'reset-within': 6,
  delay: 8,
  'expired-credentials': 2,
  hang: 1,
  'access-denied': 1.5,
  'unknown-operation': 0,
  'no-table': 0.5,
  'left-over': 1,
};
const firestoreShares: Readonly<Record<FirestoreFault, number>> = {
  unavailable: 20,
  internal: 5,
  'deadline-exceeded': 15,
  'resource-exhausted': 15,
  aborted: 15,
  cut: 25,
  delay: 8,
  'permission-denied': 2,
  hang: 0,
};
const redisShares: Readonly<Record<TcpFault, number>> = { refuse: 20, reset: 20, delay: 55, hang: 5 };

/** Starts everything: services, a proxy before each, the API and the workers. */
export async function openChaosEnvironment(options: ChaosEnvironmentOptions): Promise<OpenChaosEnvironment> {
  const { seed, faults, entries } = options;
  await using started = new AsyncDisposableStack();
  const { redis, env: services } = await startServices(started, options.engines);
  await createTables(services);
  const quota = {
    dynamoDb: Math.ceil(faults * 0.8),
    firestore: Math.ceil(faults * 0.12),
    redis: Math.ceil(faults * 0.05),
  };
  // dynalite takes each entry by a call of its own, the vendors' engines take batches of up to 25.
  const dynamoDbCalls = options.engines === undefined ? entries : entries / 12;
  // Half as many again as are needed, so that all of them occur before the run ends.
  const dynamoDbProxy = started.use(
    await startDynamoDbProxy({
      endpoint: services.AWS_ENDPOINT_URL_DYNAMODB,
      faults: plan(seed, dynamoDbShares, (quota.dynamoDb * 1.5) / dynamoDbCalls, quota.dynamoDb),
    }),
  );
  const firestoreProxy = started.use(
    await startFirestoreProxy({
      emulatorHost: services.FIRESTORE_EMULATOR_HOST,
      faults: plan(seed + 1, firestoreShares, (quota.firestore * 1.5) / (entries / 100), quota.firestore),
    }),
  );
  const redisProxy = started.use(
    await startTcpProxy({
      target: { host: '127.0.0.1', port: redis.port },
      faults: plan(seed + 2, redisShares, (quota.redis * 1.5) / (entries / 4), quota.redis),
    }),
  );
  const dynamoDbTcp = started.use(
    await startTcpProxy({ target: { host: '127.0.0.1', port: portOf(dynamoDbProxy.endpoint) } }),
  );
  const firestoreTcp = started.use(
    await startTcpProxy({
      target: { host: '127.0.0.1', port: portOf(`http://${firestoreProxy.emulatorHost}`) },
    }),
  );

  const port = await freePort();
  const env = {
    ...services,
    REDIS_URL: `redis://127.0.0.1:${redisProxy.port}`,
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${firestoreTcp.port}`,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamoDbTcp.port}`,
    PORT: String(port),
    ...options.env,
  };
  const worker = (name: string, own: NodeJS.ProcessEnv = {}, nodeFlags: readonly string[] = []): Program =>
    new Program({ name, main: 'worker', env: { ...env, ...own }, nodeFlags, restartAfterMs });
  const api = new Program({ name: 'API', main: 'api', env, restartAfterMs });
  const workers = Array.from({ length: options.workers }, (_, index) => {
    const offsetMs = options.clockOffsetsMs?.[index] ?? 0;
    const name = `worker ${index + 1}`;
    return offsetMs === 0
      ? worker(name)
      : worker(name, { CLOCK_OFFSET_MS: String(offsetMs) }, ['--import', shiftClock]);
  });
  const strays = [{ DYNAMODB_TABLE: strayTable }, { JOURNAL_COLLECTION: 'trading-journals' }].map(
    (wrong, index) => worker(`stray worker ${index + 1}`, wrong),
  );
  for (const stray of strays) started.defer(() => stray.kill());
  for (const program of [api, ...workers]) {
    program.start();
    started.defer(() => program.kill());
  }
  const release = started.move();
  return {
    env: services,
    redis,
    api,
    workers,
    strays,
    redisProxy,
    firestoreProxy,
    firestoreTcp,
    dynamoDbProxy,
    dynamoDbTcp,
    press: async (path) => {
      const url = `http://127.0.0.1:${port}/admin/queues/api/queues/${path}`;
      await fetch(url, { method: 'PUT', signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    },
    random: seededRandom(seed),
    log: options.log ?? (() => undefined),
    apiUrl: `http://127.0.0.1:${port}`,
    faults: () => ({
      ...named('DynamoDB', dynamoDbProxy.faults.counts),
      ...named('Firestore', firestoreProxy.faults.counts),
      ...named('Redis', redisProxy.faults.counts),
    }),
    calm() {
      for (const proxy of [dynamoDbProxy, firestoreProxy, redisProxy]) proxy.faults.change({});
    },
    [Symbol.asyncDispose]: () => release.disposeAsync(),
  };
}

async function startServices(
  started: AsyncDisposableStack,
  engines: LocalServicesEnv | undefined,
): Promise<{ redis: RedisService; env: LocalServicesEnv }> {
  if (engines === undefined) return started.use(await startLocalServices({ redis: { appendOnly: true } }));
  const redis = started.use(await startRedis({ appendOnly: true }));
  return { redis, env: { ...engines, REDIS_URL: redis.url } };
}

/** The table, and one for stray workers, whose writes would then succeed in the wrong table. */
async function createTables(env: LocalServicesEnv): Promise<void> {
  for (const table of [env.DYNAMODB_TABLE, strayTable])
    await createHeatmapsTable(env.AWS_ENDPOINT_URL_DYNAMODB, table);
}

function plan<Kind extends string>(
  seed: number,
  shares: Readonly<Record<Kind, number>>,
  perCall: number,
  limit: number,
) {
  const all = Object.values<number>(shares).reduce((sum, share) => sum + share, 0);
  // With more than every third call a fault there would be no progress.
  const perThousand = Math.min(perCall, 0.33) * 1_000;
  const scaled = Object.entries<number>(shares).map(([kind, share]) => [kind, (share / all) * perThousand]);
  return { seed, limit, perThousand: Object.fromEntries(scaled) as Record<Kind, number> };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function named(service: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([kind, count]) => [`${service}: ${kind}`, count]));
}

import { loadConfig } from '@migrator/config';
import { createDynamoDbTarget } from '@migrator/dynamodb-target';
import { type CoordinatorContext, defaultPaging } from '@migrator/engine';
import { createFirestoreSource } from '@migrator/firestore-source';
import {
  closeRedis,
  connectRedis,
  createQueueDispatcher,
  createRedisLedger,
  openQueues,
  requireNoEviction,
  requireRedis,
  startWorkers,
} from '@migrator/queue';
import pLimit from 'p-limit';

const config = loadConfig();
const { google, aws, redis: redisConfig, migration } = config;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const complain = (error: unknown): void => say(`error: ${error instanceof Error ? error.message : String(error)}`);

const redis = connectRedis(redisConfig.url, 'queue', complain);
const ledgerRedis = connectRedis(redisConfig.url, 'ledger', complain);
const queues = openQueues(redis, redisConfig.prefix, complain);
const source = await createFirestoreSource(google);
const target = createDynamoDbTarget({ ...aws, writeConcurrency: migration.writeConcurrency });
const context: CoordinatorContext = {
  source,
  target,
  ledger: createRedisLedger({ redis: ledgerRedis, prefix: redisConfig.prefix }),
  dispatcher: createQueueDispatcher(queues),
  settings: {
    ...defaultPaging,
    names: { users: google.usersCollection, journal: google.journalCollection },
    writeMode: migration.writeMode,
    oversize: migration.oversize,
  },
  limitWrites: pLimit(migration.writeConcurrency),
  now: () => new Date(),
};

let workers: { stop(): Promise<void> } | undefined;
let stopped = false;

async function stop(): Promise<void> {
  if (stopped) return;
  stopped = true;
  await workers?.stop();
  await queues.close();
  await Promise.all([closeRedis(redis), closeRedis(ledgerRedis)]);
  await Promise.allSettled([source.close(), target.close()]);
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop().catch(complain));

// A worker may be started before its Redis: it waits, and says so once.
await requireRedis(redis, 10_000).catch(complain);
try {
  await requireNoEviction(redis);
} catch (error) {
  complain(error);
  await stop();
  process.exitCode = 1;
}
if (!stopped) {
  workers = startWorkers(context, {
    redis,
    prefix: redisConfig.prefix,
    concurrency: migration.userConcurrency,
    onError: complain,
  });
  say(`worker: ready, ${migration.userConcurrency} users at once, queue ${redisConfig.prefix}`);
}

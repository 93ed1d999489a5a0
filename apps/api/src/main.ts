import { createServer } from 'node:http';

import { loadConfig } from '@migrator/config';
import { createDynamoDbTarget } from '@migrator/dynamodb-target';
import { defaultPaging } from '@migrator/engine';
import { createFirestoreSource } from '@migrator/firestore-source';
import {
  closeRedis,
  connectRedis,
  createQueueDispatcher,
  createRedisLedger,
  openQueues,
  requireNoEviction,
  requireRedis,
} from '@migrator/queue';
import pLimit from 'p-limit';

import type { ApiContext } from './api-context.ts';
import { createApp } from './app.ts';
import { boardPath } from './bull-board.ts';

const config = loadConfig();
const { google, aws, redis: redisConfig, http, migration } = config;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const complain = (error: unknown): void => say(`error: ${error instanceof Error ? error.message : String(error)}`);

const redis = connectRedis(redisConfig.url, 'api', complain);
const queues = openQueues(redis, redisConfig.prefix, complain);
const source = await createFirestoreSource(google);
const target = createDynamoDbTarget({ ...aws, writeConcurrency: migration.writeConcurrency });
const stopping = new AbortController();
const redisLimitMs = 2_500;

const context: ApiContext = {
  source,
  target,
  ledger: createRedisLedger({ redis, prefix: redisConfig.prefix }),
  dispatcher: createQueueDispatcher(queues),
  queues,
  settings: {
    ...defaultPaging,
    names: { users: google.usersCollection, journal: google.journalCollection },
    writeMode: migration.writeMode,
    oversize: migration.oversize,
  },
  limitWrites: pLimit(migration.writeConcurrency),
  now: () => new Date(),
  requireRedis: () => requireRedis(redis, redisLimitMs),
  requireNoEviction: () => requireNoEviction(redis),
  stopping: stopping.signal,
};

const server = createServer(createApp(context, complain));
server.on('error', (error) => {
  complain(error);
  process.exit(1);
});
server.listen(http.port, http.host, () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : http.port;
  say(`api: http://${http.host}:${port} (jobs: http://${http.host}:${port}${boardPath})`);
});

async function stop(): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  // Requests that wait for a run answer with what they have; a connection that stays busy is cut in the end.
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(cut);
  await queues.close();
  await closeRedis(redis);
  await Promise.allSettled([source.close(), target.close()]);
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop().catch(complain));

// A worker (and coordinator) between a made-up source and target: arguments are the number of users and of entries of each. Says how
// much memory it holds about once a second, and `over` when the run is.
import {
  connectRedis,
  createQueueDispatcher,
  createRedisLedger,
  createRedisRateLimit,
  openQueues,
  startWorkers,
} from '@migrator/queue';

import { mebibytes, migration, openEngine } from './open-engine.ts';

const [users = 0, entriesPerUser = 0] = process.argv.slice(2, 4).map(Number);
/** `coordinator`: starts the run, and works on one user at a time beside it. */
const role = process.argv[4];
const url = process.env['REDIS_URL'] ?? '';
const prefix = '{bounds}';
const logRateLimited = (error: Error): void => void process.stderr.write(`${error.message}\n`);

const redis = connectRedis({ url }, 'queue', logRateLimited);
const report = connectRedis({ url }, 'ledger', logRateLimited);
const queues = openQueues(redis, prefix, logRateLimited);
const context = {
  ...openEngine({ users, entriesPerUser }, createRedisRateLimit({ redis: report, prefix })),
  ledger: createRedisLedger({ redis: report, prefix }),
  dispatcher: createQueueDispatcher(queues),
  now: () => new Date(),
};
startWorkers(context, {
  redis,
  prefix,
  concurrency: role === 'coordinator' ? 1 : 50,
  onError: logRateLimited,
});
if (role === 'coordinator') {
  const opened = await context.ledger.open(migration, { now: new Date(), binding: await context.binding() });
  await context.dispatcher.coordinate(opened.opened ? opened.operation.id : opened.current.id);
}
setInterval(() => {
  void (async () => {
    const current = await context.ledger.current();
    const memory = await redis.info('memory');
    const redisBytes = Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
    const { completed = 0 } = current?.tasks ?? {};
    const state = current === undefined ? 'over' : 'running';
    process.stdout.write(
      `${JSON.stringify({ state, completed, rss: mebibytes(process.memoryUsage.rss()), redis: mebibytes(redisBytes) })}\n`,
    );
  })();
}, 1_000);

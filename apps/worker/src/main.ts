import { openQueueContext } from '@migrator/composition';
import { loadConfig, onParentEnd } from '@migrator/config';
import { requireNoEviction, requireRedis, startWorkers } from '@migrator/queue';

const config = loadConfig();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const complain = (error: unknown): void =>
  say(`error: ${error instanceof Error ? error.message : String(error)}`);

const context = await openQueueContext(config, 'worker', complain);
let workers: { stop(): Promise<void> } | undefined;
let stopped = false;

async function stop(): Promise<void> {
  if (stopped) return;
  stopped = true;
  await workers?.stop();
  await context.close();
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop().catch(complain));
onParentEnd(process.argv, () => void stop().catch(complain));

// A worker may be started before its Redis: it waits, and says so once.
await requireRedis(context.redis, 10_000).catch(complain);
try {
  await requireNoEviction(context.redis);
} catch (error) {
  complain(error);
  await stop();
  process.exitCode = 1;
}
if (!stopped) {
  const { userConcurrency } = config.migration;
  const { redis } = context;
  workers = startWorkers(context, {
    redis,
    prefix: config.redis.prefix,
    concurrency: userConcurrency,
    onError: complain,
  });
  say(`worker: ready, ${userConcurrency} users at once, queue ${config.redis.prefix}`);
}

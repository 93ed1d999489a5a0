import { openQueueContext } from '@migrator/composition';
import { loadConfig, onParentEnd } from '@migrator/config';
import { requireNoEviction, requireRedis, startWorkers } from '@migrator/queue';

const config = loadConfig();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const complain = (error: unknown): void =>
  say(`error: ${error instanceof Error ? error.message : String(error)}`);

const context = await openQueueContext(config, 'worker', complain);
let workers: { stop(): Promise<void> } | undefined;
let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= (async () => {
    await workers?.stop();
    await context.close();
  })();
  return stopping;
}

function end(): void {
  // Explicitly, or what is still awaited below, as a Redis that is away, would hold up the end.
  void stop()
    .catch(complain)
    .finally(() => process.exit());
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, end);
onParentEnd(process.argv, end);

// A worker may be started before its Redis: it waits, and says so once.
await requireRedis(context.redis, 10_000).catch(complain);
try {
  await requireNoEviction(context.redis);
} catch (error) {
  if (stopping === undefined) {
    complain(error);
    process.exitCode = 1;
  }
  await stop();
}
if (stopping === undefined) {
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

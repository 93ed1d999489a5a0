import { openQueueContext, publishMetrics } from '@migrator/composition';
import { endAtStart, loadConfig, onParentEnd } from '@migrator/config';
import { describeSource, describeTarget } from '@migrator/core';
import { openWatch } from '@migrator/observability';
import {
  createMetricsBoard,
  openQueueTelemetry,
  requireFitRedis,
  requireRedis,
  startWorkers,
} from '@migrator/queue';

import { logWork } from './log-work.ts';

// Documents and items are a few KB each; in node's pool of 8 KB there is room for two, and each further pool is an
// allocation of its own: 2 µs an entry.
Buffer.poolSize = 64 * 1024;

const config = loadConfig();
const watch = await openWatch('worker', config, process.env);
const { log, complain, observation, tracing } = watch;

const telemetry = tracing.active ? { telemetry: await openQueueTelemetry() } : {};
const context = await openQueueContext(config, 'worker', complain, { observation, ...telemetry }).catch(
  endAtStart,
);
log.info(
  { source: describeSource(context.configured.source), target: describeTarget(context.configured.target) },
  'migrates',
);
let workers: { stop(): Promise<void> } | undefined;
let publication: { stop(): Promise<void> } | undefined;
let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= (async () => {
    log.info('stopping');
    await workers?.stop();
    await publication?.stop();
    await context.close();
    await watch.close();
    log.info('stopped');
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
  await requireFitRedis(context.redis);
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
    onWork: logWork(log),
    ...telemetry,
  });
  publication = publishMetrics(createMetricsBoard(redis, config.redis.prefix), watch.process, watch.metrics);
  log.info({ users: userConcurrency, queue: config.redis.prefix }, 'ready');
  // For a person, and for whoever waits for it.
  process.stderr.write(`worker: ready, ${userConcurrency} users at once, queue ${config.redis.prefix}\n`);
}

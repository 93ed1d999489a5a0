import { endAtStart, endInOrder, loadConfig, requireNoArguments } from '@migrator/config';
import { describeSource, describeTarget, messageOf } from '@migrator/core';
import { openQueueContext, openTelemetry, publishMetrics } from '@migrator/runtime';
import { createMetricsBoard, openQueueTelemetry, startWorkers, untilFitRedis } from '@migrator/queue';

import { logWork } from './log-work.ts';

// Documents and items have a few KB each. Node's pool of 8 KB fits two, and each new pool is an allocation, which
// costs 2 µs an entry.
Buffer.poolSize = 64 * 1024;

requireNoArguments(
  'worker',
  'Does the jobs of runs, verifications and rollbacks. Start as many as you like.',
);
const config = loadConfig();
const telemetry = await openTelemetry('worker', config, process.env);
const { log, logRateLimited, observation, tracing } = telemetry;

const queueTelemetry = tracing.active ? { telemetry: await openQueueTelemetry() } : {};
const context = await openQueueContext(config, 'worker', logRateLimited, {
  observation,
  ...queueTelemetry,
}).catch(endAtStart);
log.info(
  { source: describeSource(context.configured.source), target: describeTarget(context.configured.target) },
  'migrates',
);
let workers: { stop(): Promise<void> } | undefined;
let publication: { stop(): Promise<void> } | undefined;
let stopping = false;

const end = endInOrder('worker', async () => {
  stopping = true;
  log.info('stopping');
  await workers?.stop();
  await publication?.stop();
  await context.close();
  await telemetry.close();
  log.info('stopped');
});

// A worker may be started before its Redis: it waits, and logs each reason once.
await untilFitRedis(context.redis, config.redis.prefix, logRateLimited).catch((error: unknown) => {
  if (stopping) return;
  logRateLimited(error);
  process.stderr.write(`worker: ${telemetry.redact(messageOf(error))}\n`);
  end(1);
});
if (!stopping) {
  const { userConcurrency } = config.migration;
  const { redis } = context;
  workers = startWorkers(context, {
    redis,
    prefix: config.redis.prefix,
    concurrency: userConcurrency,
    onError: logRateLimited,
    onWork: logWork(log),
    ...queueTelemetry,
  });
  publication = publishMetrics(
    createMetricsBoard(redis, config.redis.prefix),
    telemetry.process,
    telemetry.metrics,
  );
  log.info({ users: userConcurrency, queue: config.redis.prefix }, 'ready');
  // Operators and programs wait for this line.
  process.stderr.write(`worker: ready, ${userConcurrency} users at once, queue ${config.redis.prefix}\n`);
}

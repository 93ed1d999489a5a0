import { ConfigError, endAtStart, endInOrder, loadConfig, requireNoArguments } from '@migrator/config';
import { describeSource, describeTarget, MigrationError } from '@migrator/core';
import { openQueueContext, openTelemetry } from '@migrator/runtime';
import { openQueueTelemetry, requireRecordVersion, requireRedis } from '@migrator/queue';

import { requireSafeAccess } from './access/hosts.ts';
import { boardPath } from './bull-board.ts';
import { startServer } from './start-server.ts';

/** The time limit for Redis to report that it has no database of the number in REDIS_URL. */
const databaseLimitMs = 30_000;

requireNoArguments('api', 'Serves the HTTP API, the dashboard and Bull Board.');
const config = loadConfig(({ http }) => requireSafeAccess(http));
const telemetry = await openTelemetry('api', config, process.env);
const { log, logRateLimited, observation, tracing } = telemetry;

const context = await openQueueContext(config, 'api', logRateLimited, {
  observation,
  ...(tracing.active ? { telemetry: await openQueueTelemetry() } : {}),
}).catch(endAtStart);
log.info(
  { source: describeSource(context.configured.source), target: describeTarget(context.configured.target) },
  'migrates',
);
const server = await startServer(context, config, telemetry).catch(async (err: unknown) => {
  if (err instanceof ConfigError) {
    await context.close();
    return endAtStart(err);
  }
  log.fatal({ err }, 'the server could not start');
  await context.close();
  process.exit(1);
});
const end = endInOrder('api', async () => {
  log.info('stopping');
  await server.stop();
  await context.close();
  await telemetry.close();
  log.info('stopped');
});

log.info({ url: server.url }, 'listening');
// Operators and programs wait for this line: the server now accepts requests and can be stopped.
process.stderr.write(`api: ${server.url} (jobs: ${server.url}${boardPath})\n`);

// Other errors of Redis may be temporary; every response reports them.
const fatal = new Set(['REDIS_DATABASE', 'REDIS_RECORD_VERSION']);
let refused = false;
async function requireOurRedis(): Promise<void> {
  try {
    await requireRedis(context.redis, databaseLimitMs);
    await requireRecordVersion(context.redis, config.redis.prefix);
  } catch (error) {
    if (refused || !fatal.has(MigrationError.codeOf(error))) return;
    refused = true;
    logRateLimited(error);
    process.stderr.write(`api: ${(error as Error).message}\n`);
    end(1);
  }
}
await requireOurRedis();
// For a Redis that becomes available later, or is replaced.
context.redis.on('ready', () => void requireOurRedis());

import { openQueueContext } from '@migrator/composition';
import { endAtStart, loadConfig, onParentEnd } from '@migrator/config';
import { describeSource, describeTarget } from '@migrator/core';
import { openWatch } from '@migrator/observability';
import { openQueueTelemetry } from '@migrator/queue';

import { requireSafeAccess } from './access/hosts.ts';
import { boardPath } from './bull-board.ts';
import { startServer } from './start-server.ts';

const config = loadConfig(({ http }) => requireSafeAccess(http));
const watch = await openWatch('api', config, process.env);
const { log, complain, observation, tracing } = watch;

const context = await openQueueContext(config, 'api', complain, {
  observation,
  ...(tracing.active ? { telemetry: await openQueueTelemetry() } : {}),
}).catch(endAtStart);
log.info(
  { source: describeSource(context.configured.source), target: describeTarget(context.configured.target) },
  'migrates',
);
const server = await startServer(context, config, watch).catch(async (err: unknown) => {
  log.fatal({ err }, 'the server could not start');
  await context.close();
  process.exit(1);
});
log.info({ url: server.url }, 'listening');
// For a person, and for whoever waits for it.
process.stderr.write(`api: ${server.url} (jobs: ${server.url}${boardPath})\n`);

let stopped = false;
async function stop(why: string): Promise<void> {
  if (stopped) return;
  stopped = true;
  log.info({ why }, 'stopping');
  await server.stop();
  await context.close();
  await watch.close();
  log.info('stopped');
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop(name).catch(complain));
onParentEnd(process.argv, () => void stop('parent ended').catch(complain));

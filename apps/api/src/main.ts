import { openQueueContext } from '@migrator/composition';
import { loadConfig, onParentEnd } from '@migrator/config';

import { boardPath } from './bull-board.ts';
import { startServer } from './start-server.ts';

const config = loadConfig();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const complain = (error: unknown): void =>
  say(`error: ${error instanceof Error ? error.message : String(error)}`);

const context = await openQueueContext(config, 'api', complain);
const server = await startServer(context, config.http, complain).catch(async (error: unknown) => {
  complain(error);
  await context.close();
  process.exit(1);
});
say(`api: ${server.url} (jobs: ${server.url}${boardPath})`);

let stopped = false;
async function stop(): Promise<void> {
  if (stopped) return;
  stopped = true;
  await server.stop();
  await context.close();
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop().catch(complain));
onParentEnd(process.argv, () => void stop().catch(complain));

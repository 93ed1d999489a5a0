import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { QueueContext } from '@migrator/composition';
import type { Config } from '@migrator/config';

import { createApp } from './app.ts';

/** So long a connection that stays busy may take to end when the server stops. */
const graceMs = 5_000;

/** Listens; resolves once it does. `stop` lets requests that wait for a run answer with what they have. */
export async function startServer(
  context: QueueContext,
  { host, port }: Pick<Config['http'], 'host' | 'port'>,
  log: (error: unknown) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const stopping = new AbortController();
  const server = createServer(createApp({ ...context, stopping: stopping.signal }, log));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    async stop() {
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

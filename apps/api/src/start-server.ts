import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import type { QueueContext } from '@migrator/runtime';
import type { Config } from '@migrator/config';
import { hidingLedger, startSupervisor } from '@migrator/engine';

import { boundConnections, connectionLimits, serverOptions } from './access/bound-connections.ts';
import { requireSafeAccess } from './access/hosts.ts';
import { noTelemetry, type ApiTelemetry } from './api-context.ts';
import { createApp } from './app.ts';
import { listen } from './listen.ts';
import { watchOperations } from './notices/operation-watch.ts';
import { problemBody } from './problem.ts';

/** Milliseconds for busy connections to end when the server stops. */
const graceMs = 5_000;

/**
 * Starts the server; resolves once it listens. `stop` ends the wait of requests that wait for a run. Rejects with a
 * ConfigError for unsafe access settings.
 */
export async function startServer(
  context: QueueContext,
  config: Pick<Config, 'http' | 'redis' | 'notify'>,
  telemetry: ApiTelemetry = noTelemetry(),
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { http, redis } = config;
  requireSafeAccess(http);
  const stopping = new AbortController();
  const ledger = context.settings.hideUserData === true ? hidingLedger(context.ledger) : context.ledger;
  const apiContext = {
    ...context,
    ledger,
    http,
    prefix: redis.prefix,
    telemetry,
    stopping: stopping.signal,
  };
  const server = createServer(serverOptions(connectionLimits), createApp(apiContext));
  boundConnections(server, connectionLimits);
  server.on('clientError', refuse);
  await listen(server, http);
  // Usually a short outage of Redis; requests report it themselves.
  const supervisor = startSupervisor(context, (err) => telemetry.log?.debug({ err }, 'supervision failed'));
  const watch = watchOperations(apiContext, config.notify);
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    async stop() {
      stopping.abort();
      const supervised = Promise.all([supervisor.stop(), watch.stop()]);
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
      await supervised;
    },
  };
}

/** Sends the problem document for data that never becomes a request: invalid HTTP, or too much. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, code, detail]: [number, string, string, string] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'The path and headers exceed 16 KB']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', 'REQUEST_TIMEOUT', 'The request took too long to arrive']
        : [400, 'Bad Request', 'BAD_REQUEST', 'The request could not be read'];
  const body = problemBody(status, code, detail);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

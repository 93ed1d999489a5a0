import type { Server } from 'node:http';

export interface ConnectionLimits {
  /** The time limit for the headers of a request, and for a new connection's first byte. */
  readonly headersMs: number;
  /** The time limit for a whole request, including its body. */
  readonly requestMs: number;
  /** The time that a connection stays open between two requests. */
  readonly idleMs: number;
  /** The most concurrent connections; further ones are closed. */
  readonly connections: number;
}

/** Only incoming data is limited: a response may take long, for example while it waits for a run. */
export const connectionLimits: ConnectionLimits = {
  headersMs: 15_000,
  requestMs: 30_000,
  idleMs: 10_000,
  connections: 2_000,
};

/** Options for `createServer` that keep clients from holding idle connections. */
export function serverOptions({ headersMs, requestMs, idleMs }: ConnectionLimits) {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(headersMs, requestMs) / 3,
  };
}

export function boundConnections(server: Server, { connections }: ConnectionLimits): void {
  server.maxConnections = connections;
}

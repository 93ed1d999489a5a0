import type { Server } from 'node:http';

export interface ConnectionLimits {
  /** So long the headers of a request may take to come, and a connection may say nothing at first. */
  readonly headersMs: number;
  /** So long a whole request may take to come, its body included. */
  readonly requestMs: number;
  /** So long a connection stays open between two requests. */
  readonly idleMs: number;
  /** So many connections at once; further ones are closed. */
  readonly connections: number;
}

/** An answer may take its time, as one that waits for a run does: only what comes in is bounded. */
export const connectionLimits: ConnectionLimits = {
  headersMs: 15_000,
  requestMs: 30_000,
  idleMs: 10_000,
  connections: 2_000,
};

/** Options for `createServer` and settings of the server, that keep clients from holding connections without use. */
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

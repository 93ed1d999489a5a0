import { promisify } from 'node:util';

import { Server, ServerCredentials } from '@grpc/grpc-js';
import { loadFirestoreService } from './protocol/firestore-protocol.ts';
import { EmulatorState } from './rpc/emulator-state.ts';
import { routeTable } from './rpc/route-table.ts';

export interface FirestoreEmulatorOptions {
  /** 0 by default: a free one. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
}

export interface FirestoreEmulator {
  readonly host: string;
  readonly port: number;
  /** Closes all connections and deletes all documents. */
  close(): Promise<void>;
}

/**
 * Starts a local stand-in for Cloud Firestore in this process: gRPC over plain HTTP/2, documents in memory.
 * Clients find it through `FIRESTORE_EMULATOR_HOST=host:port`. Each project and database is empty until written to.
 * @throws Error if the port is taken
 */
export async function startFirestoreEmulator(
  options: FirestoreEmulatorOptions = {},
): Promise<FirestoreEmulator> {
  const host = options.host ?? '127.0.0.1';
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(loadFirestoreService(), routeTable(new EmulatorState()));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind(`${host}:${options.port ?? 0}`, ServerCredentials.createInsecure());
  return {
    host,
    port,
    async close() {
      const closed = promisify(server.tryShutdown.bind(server))();
      // Without it the shutdown would wait until all clients have disconnected.
      server.forceShutdown();
      await closed;
    },
  };
}

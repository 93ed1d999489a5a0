import { Server, ServerCredentials } from '@grpc/grpc-js';
import { loadFirestoreService } from './protocol/firestore-protocol.ts';
import { EmulatorState } from './rpc/emulator-state.ts';
import { routeTable } from './rpc/route-table.ts';

export interface FirestoreEmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
}

export interface FirestoreEmulator {
  readonly host: string;
  readonly port: number;
  /** Cuts all connections and forgets all documents. */
  close(): Promise<void>;
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/**
 * Starts a local stand-in for Cloud Firestore in this process: gRPC over plain HTTP/2, documents in memory.
 * Clients find it through `FIRESTORE_EMULATOR_HOST=host:port`. Each project and database is empty until written to.
 * @throws Error when the port can't be had
 */
export async function startFirestoreEmulator(
  options: FirestoreEmulatorOptions = {},
): Promise<FirestoreEmulator> {
  const host = options.host ?? '127.0.0.1';
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(loadFirestoreService(), routeTable(new EmulatorState()));
  const port = await listen(server, `${host}:${options.port ?? 0}`);
  return {
    host,
    port,
    close() {
      return new Promise((resolve, reject) => {
        server.tryShutdown((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        // Without it the shutdown would wait until the clients have gone.
        server.forceShutdown();
      });
    },
  };
}

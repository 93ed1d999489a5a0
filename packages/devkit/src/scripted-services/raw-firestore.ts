import { promisify } from 'node:util';

import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerOptions,
  type ServerWritableStream,
  type status,
} from '@grpc/grpc-js';

export type RawCall = ServerWritableStream<Buffer, Buffer>;

export interface RawFirestore extends AsyncDisposable {
  readonly emulatorHost: string;
}

/** The methods that read. Writers talk to the service itself. */
export const readMethods = ['RunQuery', 'BatchGetDocuments', 'ListDocuments', 'RunAggregationQuery'] as const;

export const rawBytes = (bytes: Buffer): Buffer => bytes;

/** A gRPC server on 127.0.0.1 in Firestore's place, whose requests and responses are encoded messages. */
export async function startRawFirestore(
  serve: (method: (typeof readMethods)[number], call: RawCall) => void,
  options: ServerOptions = {},
): Promise<RawFirestore> {
  const server = new Server(options);
  for (const method of readMethods) {
    // One message and an end are the same on the wire whether the method is called a stream or not.
    const definition = {
      path: rawPath(method),
      requestStream: false,
      responseStream: true,
      requestSerialize: rawBytes,
      requestDeserialize: rawBytes,
      responseSerialize: rawBytes,
      responseDeserialize: rawBytes,
    };
    server.addService({ [method]: definition }, { [method]: (call: RawCall) => serve(method, call) });
  }
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return {
    emulatorHost: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

export function rawPath(method: string): string {
  return `/google.firestore.v1.Firestore/${method}`;
}

export function endWithError(
  call: RawCall,
  error: { readonly code: status; readonly details: string },
): void {
  call.emit('error', { ...error, metadata: new Metadata() });
}

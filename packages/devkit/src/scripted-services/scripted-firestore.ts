import { Metadata, Server, ServerCredentials, type ServerWritableStream, type status } from '@grpc/grpc-js';

export interface ScriptedRpc {
  /** `RunQuery` */
  readonly method: string;
  /** The encoded request. */
  readonly request: Buffer;
  readonly metadata: { readonly [name: string]: unknown };
}

export interface ScriptedReply {
  /** Encoded answers, sent before the end. */
  readonly messages?: readonly Uint8Array[];
  /** OK by default; `hang`: the call is never ended. */
  readonly end?: { readonly code: status; readonly details: string } | 'hang';
}

export interface ScriptedFirestore extends AsyncDisposable {
  readonly emulatorHost: string;
  /** Every call so far. */
  readonly calls: readonly ScriptedRpc[];
}

const methods = ['RunQuery', 'BatchGetDocuments', 'ListDocuments', 'RunAggregationQuery'] as const;
const same = (bytes: Buffer): Buffer => bytes;

/** A gRPC server in Firestore's place that answers what a test says, for what no local Firestore can be made to do. */
export async function startScriptedFirestore(
  reply: (call: ScriptedRpc, index: number) => ScriptedReply,
): Promise<ScriptedFirestore> {
  const calls: ScriptedRpc[] = [];
  const server = new Server();
  for (const method of methods) {
    // One message and an end are the same on the wire whether the method is called a stream or not.
    const definition = {
      path: `/google.firestore.v1.Firestore/${method}`,
      requestStream: false,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { [method]: definition },
      {
        [method]: (stream: ServerWritableStream<Buffer, Buffer>) => {
          const call = { method, request: stream.request, metadata: stream.metadata.getMap() };
          calls.push(call);
          const { messages = [], end } = reply(call, calls.length - 1);
          for (const message of messages) stream.write(Buffer.from(message));
          if (end === 'hang') return;
          if (end === undefined) stream.end();
          else stream.emit('error', { ...end, metadata: new Metadata() });
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    emulatorHost: `127.0.0.1:${port}`,
    calls,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

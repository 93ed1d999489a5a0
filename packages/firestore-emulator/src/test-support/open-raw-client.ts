import { Client, credentials, Metadata } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { readProtos } from '../protocol/firestore-protocol.ts';

type Message = Record<string, unknown>;

export interface RawClient {
  /** Calls a method with a plain message; resolves with all responses, also of a method that has one. */
  call<Response = Message>(method: string, request: Message): Promise<Response[]>;
  close(): void;
}

function loadService(): protobuf.Service {
  const root = protobuf.Root.fromJSON(readProtos());
  root.resolveAll();
  return root.lookupService('google.firestore.v1.Firestore');
}

/** A gRPC client of the published protos, unchanged, without any SDK; 64-bit integers come as `longs`. */
export function openRawClient(
  port: number,
  longs: NumberConstructor | StringConstructor = Number,
): RawClient {
  const service = loadService();
  // Google's emulator lists collections only for whom it takes for an administrator.
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer owner');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  });
  return {
    call<Response>(name: string, request: Message) {
      const method = service.methods[name];
      if (method === undefined) throw new Error(`There is no method ${name}.`);
      const requestType = method.parent!.lookupType(method.requestType);
      const responseType = method.parent!.lookupType(method.responseType);
      return new Promise<Response[]>((resolve, reject) => {
        const responses: Response[] = [];
        const call = client.makeServerStreamRequest(
          `/google.firestore.v1.Firestore/${name}`,
          (message: Message) => Buffer.from(requestType.encode(requestType.fromObject(message)).finish()),
          (bytes) => responseType.toObject(responseType.decode(bytes), { enums: String, longs }),
          request,
          metadata,
        );
        call.on('data', (response: Response) => responses.push(response));
        call.on('end', () => {
          resolve(responses);
        });
        call.on('error', reject);
      });
    },
    close() {
      client.close();
    },
  };
}

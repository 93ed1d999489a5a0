import { stringify } from 'node:querystring';
import { credentials, Client, Metadata } from '@grpc/grpc-js';
import { abortable } from '@migrator/core';
import type { GoogleCredentials } from './google-credentials.ts';
import { sourceError } from './source-errors.ts';
import { StreamedAnswer } from './streamed-answer.ts';

export interface Call {
  readonly method:
    | 'RunQuery'
    | 'BatchGetDocuments'
    | 'ListDocuments'
    | 'ListCollectionIds'
    | 'RunAggregationQuery';
  readonly request: Buffer;
  /** `projects/p/databases/(default)` */
  readonly database: string;
  /** The request's field for Google's routing header. */
  readonly routing: { readonly parent: string } | { readonly database: string };
  readonly timeoutMs: number;
  /** The path that is read, for messages. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

const host = 'firestore.googleapis.com';
const mebibyte = 1024 * 1024;

const channelOptions = {
  // A document may have 1 MiB, and a page of names has thousands of names.
  'grpc.max_receive_message_length': 64 * mebibyte,
  // With HTTP/2's default window of 64 KiB a page of some 750 KB would need a dozen window updates.
  'grpc-node.flow_control_window': 4 * mebibyte,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // No retries of grpc-js: the source retries, starting after the messages already received.
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.use_local_subchannel_pool': 1,
};

const same = (bytes: Buffer): Buffer => bytes;
const methodPath = (call: Call): string => `/google.firestore.v1.Firestore/${call.method}`;

/** Calls Firestore over gRPC. Messages are bytes, which the caller encodes and decodes. No retries. */
export class Connection {
  readonly #client: Client;
  readonly #credentials: GoogleCredentials;

  constructor(options: { emulatorHost: string | undefined; credentials: GoogleCredentials }) {
    this.#client =
      options.emulatorHost === undefined
        ? new Client(host, credentials.createSsl(), channelOptions)
        : new Client(options.emulatorHost, credentials.createInsecure(), {
            ...channelOptions,
            // No proxy for local addresses.
            'grpc.enable_http_proxy': 0,
          });
    this.#credentials = options.credentials;
  }

  /**
   * Passes each message of the response to `onMessage`, until that returns false, which ends the call, or the
   * response is complete. Resolves with whether it was complete. Rejects with a MigrationError.
   */
  async stream(call: Call, onMessage: (message: Buffer) => boolean): Promise<boolean> {
    const metadata = await this.#metadata(call);
    const running = this.#client
      .getChannel()
      .createCall(methodPath(call), Date.now() + call.timeoutMs, undefined, null, undefined);
    return await StreamedAnswer.of(running, { ...call, metadata }, onMessage);
  }

  /** Makes a unary call and resolves with the response message. */
  async unary(call: Call): Promise<Buffer> {
    const metadata = await this.#metadata(call);
    const { path, signal } = call;
    const answer = Promise.withResolvers<Buffer>();
    const running = this.#client.makeUnaryRequest(
      methodPath(call),
      same,
      same,
      call.request,
      metadata,
      { deadline: Date.now() + call.timeoutMs },
      (error, message) => {
        if (message === undefined) answer.reject(sourceError(error, path));
        else answer.resolve(message);
      },
    );
    try {
      return await abortable(answer.promise, `read ${path}`, signal);
    } catch (error) {
      running.cancel();
      throw error;
    }
  }

  close(): void {
    this.#client.close();
  }

  /** The headers that Google's own client sends. */
  async #metadata(call: Call): Promise<Metadata> {
    const token = await abortable(this.#credentials.accessToken(), `read ${call.path}`, call.signal);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    metadata.set('google-cloud-resource-prefix', call.database);
    metadata.set('x-goog-request-params', stringify(call.routing));
    return metadata;
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';

import { hashOf } from '../fixtures/seeded-random.ts';
import { FaultPlan, type FaultPlanOptions } from './fault-plan.ts';

const answers = {
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  aborted: status.ABORTED,
  'permission-denied': status.PERMISSION_DENIED,
} as const;

/** Beside these statuses: a stream ends in its middle (`cut`), comes late (`delay`), or never ends (`hang`). */
export type FirestoreFault = keyof typeof answers | 'cut' | 'delay' | 'hang';

export interface FirestoreProxyOptions {
  /** `127.0.0.1:PORT` of a local Firestore. */
  readonly emulatorHost: string;
  readonly faults?: FaultPlanOptions<FirestoreFault>;
}

export interface FirestoreProxy extends AsyncDisposable {
  readonly emulatorHost: string;
  readonly faults: FaultPlan<FirestoreFault>;
  /** Meets every call, or every one that names this text, with this fault, until it is taken back with undefined. */
  always(fault: keyof typeof answers | undefined, naming?: string, method?: (typeof methods)[number]): void;
  /** Ends every answer with INTERNAL where a document with this text would come, until it is taken back. */
  breakAt(text: string | undefined): void;
}

/** What reads; writers talk to the service itself. */
const methods = ['RunQuery', 'BatchGetDocuments', 'ListDocuments', 'RunAggregationQuery'] as const;
const options = { 'grpc.max_receive_message_length': -1, 'grpc.enable_http_proxy': 0 };
const delayMs = 500;
const same = (bytes: Buffer): Buffer => bytes;

/** Stands in front of a Firestore and speaks gRPC. */
export async function startFirestoreProxy(given: FirestoreProxyOptions): Promise<FirestoreProxy> {
  const faults = new FaultPlan<FirestoreFault>(given.faults ?? { seed: 0, perThousand: {} });
  const client = new Client(given.emulatorHost, credentials.createInsecure(), options);
  const server = new Server(options);
  let forced: keyof typeof answers | undefined;
  let forcedOn = '';
  let forcedMethod = '';
  let broken: string | undefined;

  async function serve(path: string, call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
    const about = `${path} ${hashOf(call.request.toString('latin1'))}`;
    const kind = call.request.includes(forcedOn) && path.endsWith(forcedMethod) ? forced : undefined;
    const fault = kind === undefined ? faults.next(about) : { kind, at: 0 };
    if (kind !== undefined) faults.count(kind);
    if (fault !== undefined && fault.kind in answers) {
      end(call, answers[fault.kind as keyof typeof answers], 'injected');
      return;
    }
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'delay') await delay(fault.at * delayMs);
    // One message and an end are the same on the wire whether the method is called a stream or not.
    const stream = client.makeServerStreamRequest(path, same, same, call.request, call.metadata);
    call.on('cancelled', () => stream.cancel());
    const most = fault?.kind === 'cut' ? 1 + Math.floor(fault.at * 30) : Number.POSITIVE_INFINITY;
    pipe(stream, call, most, (message) => broken !== undefined && message.includes(broken));
  }

  for (const method of methods) {
    const path = `/google.firestore.v1.Firestore/${method}`;
    const definition = {
      path,
      requestStream: false,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    server.addService(
      { [method]: definition },
      { [method]: (call: ServerWritableStream<Buffer, Buffer>) => void serve(path, call) },
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
    faults,
    always(fault, naming = '', method) {
      forced = fault;
      forcedOn = naming;
      forcedMethod = method ?? '';
    },
    breakAt(text) {
      broken = text;
    },
    [Symbol.asyncDispose]: async () => {
      server.forceShutdown();
      client.close();
    },
  };
}

/** Hands the messages on, up to so many; a stream that has more ends in its middle. */
function pipe(
  stream: ClientReadableStream<Buffer>,
  call: ServerWritableStream<Buffer, Buffer>,
  most: number,
  isBroken: (message: Buffer) => boolean,
): void {
  let sent = 0;
  let isOver = false;
  stream.on('data', (message: Buffer) => {
    if (isOver) return;
    if (isBroken(message)) {
      isOver = true;
      stream.cancel();
      end(call, status.INTERNAL, 'injected');
      return;
    }
    if (sent >= most) {
      if (sent === most) end(call, status.UNAVAILABLE, 'the stream was cut');
      sent += 1;
      stream.cancel();
      return;
    }
    sent += 1;
    if (call.write(message)) return;
    stream.pause();
    call.once('drain', () => stream.resume());
  });
  stream.on('error', (error: Error & { code?: status }) => {
    if (sent <= most && !isOver) end(call, error.code ?? status.UNKNOWN, error.message);
  });
  stream.on('end', () => {
    if (sent <= most && !isOver) call.end();
  });
}

function end(call: ServerWritableStream<Buffer, Buffer>, code: status, details: string): void {
  call.emit('error', { code, details, metadata: new Metadata() });
}

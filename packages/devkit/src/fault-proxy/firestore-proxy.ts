import { setTimeout as delay } from 'node:timers/promises';

import { Client, type ClientReadableStream, credentials, status } from '@grpc/grpc-js';

import { hashOf } from '../fixtures/seeded-random.ts';
import {
  endWithError,
  type RawCall,
  rawBytes,
  type RawFirestore,
  rawPath,
  type readMethods,
  startRawFirestore,
} from '../scripted-services/raw-firestore.ts';
import { FaultPlan, type FaultPlanOptions } from './fault-plan.ts';

const answers = {
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  aborted: status.ABORTED,
  'permission-denied': status.PERMISSION_DENIED,
} as const;

/** In addition to these statuses: a stream ends in its middle (`cut`), is late (`delay`), or never ends (`hang`). */
export type FirestoreFault = keyof typeof answers | 'cut' | 'delay' | 'hang';

export interface FirestoreProxyOptions {
  /** `127.0.0.1:PORT` of a local Firestore. */
  readonly emulatorHost: string;
  readonly faults?: FaultPlanOptions<FirestoreFault>;
}

export interface FirestoreProxy extends RawFirestore {
  readonly faults: FaultPlan<FirestoreFault>;
  /** Fails every call, or every one that contains this text, with this fault, until called with undefined. */
  always(
    fault: keyof typeof answers | undefined,
    naming?: string,
    method?: (typeof readMethods)[number],
  ): void;
  /** Ends every response with INTERNAL before a document that contains this text, until called with undefined. */
  breakAt(text: string | undefined): void;
}

const options = { 'grpc.max_receive_message_length': -1, 'grpc.enable_http_proxy': 0 };
const delayMs = 500;

/** A gRPC proxy in front of a Firestore that injects faults. */
export async function startFirestoreProxy(given: FirestoreProxyOptions): Promise<FirestoreProxy> {
  const faults = new FaultPlan<FirestoreFault>(given.faults ?? { seed: 0, perThousand: {} });
  const client = new Client(given.emulatorHost, credentials.createInsecure(), options);
  let forced: keyof typeof answers | undefined;
  let forcedOn = '';
  let forcedMethod = '';
  let broken: string | undefined;

  async function serve(method: string, call: RawCall): Promise<void> {
    const about = `${method} ${hashOf(call.request.toString('latin1'))}`;
    const kind = call.request.includes(forcedOn) && method.endsWith(forcedMethod) ? forced : undefined;
    const fault = kind === undefined ? faults.next(about) : { kind, at: 0 };
    if (kind !== undefined) faults.count(kind);
    if (fault !== undefined && fault.kind in answers) {
      endWithError(call, { code: answers[fault.kind as keyof typeof answers], details: 'injected' });
      return;
    }
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'delay') await delay(fault.at * delayMs);
    const path = rawPath(method);
    const stream = client.makeServerStreamRequest(path, rawBytes, rawBytes, call.request, call.metadata);
    call.on('cancelled', () => stream.cancel());
    const most = fault?.kind === 'cut' ? 1 + Math.floor(fault.at * 30) : Number.POSITIVE_INFINITY;
    pipe(stream, call, most, (message) => broken !== undefined && message.includes(broken));
  }

  const server = await startRawFirestore((method, call) => void serve(method, call), options);
  return {
    emulatorHost: server.emulatorHost,
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
      await server[Symbol.asyncDispose]();
      client.close();
    },
  };
}

/** Forwards the messages, at most `most`; a stream with more ends in its middle. */
function pipe(
  stream: ClientReadableStream<Buffer>,
  call: RawCall,
  most: number,
  isBroken: (message: Buffer) => boolean,
): void {
  let sent = 0;
  let hasEnded = false;
  stream.on('data', (message: Buffer) => {
    if (hasEnded) return;
    if (isBroken(message)) {
      hasEnded = true;
      stream.cancel();
      endWithError(call, { code: status.INTERNAL, details: 'injected' });
      return;
    }
    if (sent >= most) {
      if (sent === most) endWithError(call, { code: status.UNAVAILABLE, details: 'the stream was cut' });
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
    if (sent <= most && !hasEnded)
      endWithError(call, { code: error.code ?? status.UNKNOWN, details: error.message });
  });
  stream.on('end', () => {
    if (sent <= most && !hasEnded) call.end();
  });
}

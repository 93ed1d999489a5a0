import type { status } from '@grpc/grpc-js';

import { endWithError, type RawFirestore, startRawFirestore } from './raw-firestore.ts';

export interface ScriptedRpc {
  /** `RunQuery` */
  readonly method: string;
  /** The encoded request. */
  readonly request: Buffer;
  readonly metadata: { readonly [name: string]: unknown };
}

export interface ScriptedReply {
  /** Encoded messages, sent before the end. */
  readonly messages?: readonly Uint8Array[];
  /** OK by default; `hang`: the call is never ended. */
  readonly end?: { readonly code: status; readonly details: string } | 'hang';
}

export interface ScriptedFirestore extends RawFirestore {
  /** Every call so far. */
  readonly calls: readonly ScriptedRpc[];
}

/** A gRPC server in Firestore's place with responses chosen by the test, for cases that no local Firestore can produce. */
export async function startScriptedFirestore(
  reply: (call: ScriptedRpc, index: number) => ScriptedReply,
): Promise<ScriptedFirestore> {
  const calls: ScriptedRpc[] = [];
  const server = await startRawFirestore((method, stream) => {
    const call = { method, request: stream.request, metadata: stream.metadata.getMap() };
    calls.push(call);
    const { messages = [], end } = reply(call, calls.length - 1);
    for (const message of messages) stream.write(Buffer.from(message));
    if (end === 'hang') return;
    if (end === undefined) stream.end();
    else endWithError(stream, end);
  });
  return { ...server, calls };
}

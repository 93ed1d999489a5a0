import { createServer, type IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';

import { listenOnLoopback } from '../listen.ts';

export interface ScriptedCall {
  /** `PutItem` */
  readonly action: string;
  readonly body: { readonly [name: string]: unknown };
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
}

export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly headers?: { readonly [name: string]: string };
      readonly body: unknown;
    }
  /** Resets the connection without a response. */
  | 'reset'
  /** Sends no response. */
  | 'hang';

export interface ScriptedDynamoDb extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Every call so far. */
  readonly calls: readonly ScriptedCall[];
  openConnections(): Promise<number>;
}

/** An exception as DynamoDB returns it. */
export function exception(name: string, message = '', more: object = {}): { status: number; body: object } {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more } };
}

/** A server with DynamoDB's protocol and responses chosen by the test, for cases that no local DynamoDB can produce. */
export async function startScriptedDynamoDb(
  answer: (call: ScriptedCall, index: number) => ScriptedAnswer,
): Promise<ScriptedDynamoDb> {
  const calls: ScriptedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: ScriptedCall = {
        action: String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', ''),
        body: JSON.parse(Buffer.concat(chunks).toString()),
        headers: request.headers,
        path: request.url ?? '',
      };
      calls.push(call);
      const answered = answer(call, calls.length - 1);
      if (answered === 'hang') return;
      if (answered === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      response.writeHead(answered.status ?? 200, {
        'content-type': 'application/x-amz-json-1.0',
        ...answered.headers,
      });
      response.end(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body));
    });
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    openConnections: promisify(server.getConnections.bind(server)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

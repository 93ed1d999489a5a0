import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

import { listenOnLoopback } from '../listen.ts';
import { exception } from '../scripted-services/scripted-dynamodb.ts';
import { type Fault, FaultPlan, type FaultPlanOptions } from './fault-plan.ts';
import {
  type Answer,
  leaveOver,
  type PartialBatch,
  type Statements,
  throttleStatements,
} from './partial-batch.ts';
import type { ThrottledTable } from './throttled-table.ts';

/** Faults that are a response of DynamoDB, by name. */
const answers = {
  'throughput-exceeded': exception(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded.',
  ),
  throttling: { ...exception('ThrottlingException', 'Rate of requests exceeds the allowed throughput.') },
  'request-limit': exception(
    'RequestLimitExceeded',
    'Throughput exceeds the current throughput limit for your account.',
  ),
  'internal-error': {
    status: 500,
    body: exception('InternalServerError', 'The request could not be processed.').body,
  },
  unavailable: { status: 503, body: 'Service Unavailable' },
  'expired-credentials': exception(
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ),
  'access-denied': exception('AccessDeniedException', 'User is not authorized to perform this action'),
  'unknown-operation': exception('UnknownOperationException', 'Tagging is not supported'),
  'no-table': exception('ResourceNotFoundException', 'Requested resource not found'),
} as const;

/**
 * In addition to these responses: the connection is reset before the call (`reset-before`), after it and before its
 * response (`reset-after`), or in the middle of the response (`reset-within`). The call is late (`delay`) or gets no
 * response (`hang`). A batch is executed in part (`left-over`).
 */
export type DynamoDbFault =
  | keyof typeof answers
  | 'reset-before'
  | 'reset-after'
  | 'reset-within'
  | 'delay'
  | 'hang'
  | 'left-over';

export interface DynamoDbProxyOptions {
  /** `http://127.0.0.1:PORT` of a DynamoDB. */
  readonly endpoint: string;
  readonly faults?: FaultPlanOptions<DynamoDbFault>;
  /** Throttles writes like this table. */
  readonly table?: ThrottledTable;
}

export interface DynamoDbProxy extends AsyncDisposable {
  readonly endpoint: string;
  readonly faults: FaultPlan<DynamoDbFault>;
  /** The number of writes forwarded so far, successful or not. */
  readonly writes: number;
  /** Fails every call, or every one whose body contains or matches this, with this fault, until called with undefined. */
  always(fault: keyof typeof answers | undefined, matching?: string | RegExp): void;
}

interface Call {
  readonly action: string;
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly json: unknown;
}

const delayMs = 500;
const writes = new Set(['PutItem', 'DeleteItem', 'UpdateItem', 'BatchWriteItem', 'BatchExecuteStatement']);
const batches = new Set(['BatchWriteItem', 'BatchGetItem', 'BatchExecuteStatement']);

/** An HTTP proxy in front of a DynamoDB that injects faults. */
export async function startDynamoDbProxy(options: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const { table } = options;
  const faults = new FaultPlan<DynamoDbFault>(options.faults ?? { seed: 0, perThousand: {} });
  const upstream = new URL(options.endpoint);
  const agent = new Agent({ keepAlive: true });
  let forced: keyof typeof answers | undefined;
  let forcedOn: string | RegExp = '';
  let forwarded = 0;

  async function forward(call: Call, body: Buffer): Promise<Answer> {
    const { host: _host, 'content-length': _length, ...headers } = call.headers;
    const sending = request({
      agent,
      host: upstream.hostname,
      port: upstream.port,
      method: 'POST',
      path: '/',
      headers: { ...headers, 'content-length': body.length },
    });
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    // The response is sent in one piece, over another connection.
    const { 'transfer-encoding': _encoding, connection: _connection, ...answered } = response.headers;
    return { status: response.statusCode ?? 500, headers: answered, body: await buffer(response) };
  }

  async function perform(call: Call, part: PartialBatch | undefined): Promise<Answer> {
    if (part === undefined) return forward(call, call.body);
    return part.complete(await forward(call, Buffer.from(JSON.stringify(part.done))));
  }

  async function serve(call: Call, response: ServerResponse): Promise<void> {
    const matches =
      typeof forcedOn === 'string'
        ? call.body.includes(forcedOn)
        : forcedOn.test(call.body.toString('latin1'));
    const met = matches ? forced : undefined;
    const fault: Fault<DynamoDbFault> | undefined =
      met === undefined ? faults.next(identityOf(call), possibleFor(call)) : { kind: met, at: 0 };
    if (met !== undefined) faults.count(met);
    const kind = fault?.kind;
    if (kind !== undefined && kind in answers) {
      reply(response, answers[kind as keyof typeof answers]);
      return;
    }
    const isWrite = writes.has(call.action);
    let part = kind === 'left-over' ? leaveOver(call.action, call.json, fault?.at ?? 0) : undefined;
    let keys = keysOf(call);
    if (table !== undefined && isWrite) {
      const admitted = new Set(keys.filter((key) => table.admits(key)));
      if (admitted.size < new Set(keys).size) faults.count('throughput-exceeded');
      if (admitted.size === 0) {
        reply(response, answers['throughput-exceeded']);
        return;
      }
      if (call.action === 'BatchExecuteStatement') {
        const all = keys;
        part = throttleStatements(call.json, (index) => admitted.has(all[index]!));
        keys = all.filter((key) => admitted.has(key));
      }
    }
    if (kind === 'hang') return;
    if (kind === 'reset-before') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (kind === 'delay') await delay((fault?.at ?? 0) * delayMs);
    if (isWrite) forwarded += 1;
    const answer = await perform(call, part);
    if (table !== undefined && isWrite) {
      // DynamoDB Local does not return the capacity of statements.
      const units = Math.max(1, unitsOf(answer) / keys.length);
      for (const key of keys) table.use(key, units);
    }
    if (kind === 'reset-after') {
      response.socket?.resetAndDestroy();
      return;
    }
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    if (kind === 'reset-within') {
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
        response.socket?.resetAndDestroy(),
      );
      return;
    }
    response.end(answer.body);
  }

  const server = createServer((message, response) => {
    response.on('error', () => undefined);
    void (async () => {
      try {
        const body = await buffer(message);
        const action = String(message.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
        await serve({ action, body, headers: message.headers, json: JSON.parse(body.toString()) }, response);
      } catch {
        // The service is unreachable, or the caller has disconnected.
        response.socket?.destroy();
      }
    })();
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    faults,
    get writes() {
      return forwarded;
    },
    always(fault, matching = '') {
      forced = fault;
      forcedOn = matching;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
      agent.destroy();
    },
  };
}

function reply(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The identity of a call, the same for each retry. */
function identityOf(call: Call): string {
  const isWhole = 'RequestItems' in (call.json as object) || call.action === 'Scan';
  return `${call.action} ${isWhole ? call.body.toString() : keysOf(call).join(' ')}`;
}

/** Keys of the items that a call writes, one for each statement of a batch. */
function keysOf({ json }: Call): readonly string[] {
  const { Item, Key, RequestItems, Statements } = json as {
    Item?: { dateKey?: { S?: string } };
    Key?: { dateKey?: { S?: string } };
    RequestItems?: Record<string, unknown>;
  } & Partial<Statements>;
  if (Statements !== undefined) return Statements.map(({ Parameters: [key] }) => key.S);
  if (RequestItems !== undefined) return [JSON.stringify(RequestItems).slice(0, 200)];
  return [Item?.dateKey?.S ?? Key?.dateKey?.S ?? ''];
}

function possibleFor({ action }: Call): readonly DynamoDbFault[] | undefined {
  const all: DynamoDbFault[] = [
    ...(Object.keys(answers) as (keyof typeof answers)[]),
    'reset-before',
    'reset-after',
    'reset-within',
    'delay',
    'hang',
  ];
  return batches.has(action) ? undefined : all;
}

function unitsOf(answer: Answer): number {
  const { ConsumedCapacity = [] } = JSON.parse(answer.body.toString()) as {
    ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
  };
  const all = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return all.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

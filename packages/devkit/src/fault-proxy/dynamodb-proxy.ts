import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

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

/** Faults that are an answer of DynamoDB's own, by name. */
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
 * Beside these answers: the connection is reset before the call is done (`reset-before`), after it was done and
 * unanswered (`reset-after`) or in the middle of its answer (`reset-within`); the call is done late (`delay`), or
 * never answered (`hang`); a batch is done in part (`left-over`).
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
  /** Throttles writes as this table would. */
  readonly table?: ThrottledTable;
}

export interface DynamoDbProxy extends AsyncDisposable {
  readonly endpoint: string;
  readonly faults: FaultPlan<DynamoDbFault>;
  /** How many writes it has passed on so far, whatever came of them. */
  readonly writes: number;
  /** Meets every call, or every one whose body holds or matches this, with this fault, until it is taken back with undefined. */
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

/** Stands in front of a DynamoDB and speaks its protocol. */
export async function startDynamoDbProxy(options: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const { table } = options;
  const faults = new FaultPlan<DynamoDbFault>(options.faults ?? { seed: 0, perThousand: {} });
  const upstream = new URL(options.endpoint);
  const agent = new Agent({ keepAlive: true });
  let forced: keyof typeof answers | undefined;
  let forcedOn: string | RegExp = '';
  let passedOn = 0;

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
    // The answer goes on in one piece, over another connection.
    const { 'transfer-encoding': _encoding, connection: _connection, ...answered } = response.headers;
    return { status: response.statusCode ?? 500, headers: answered, body: await read(response) };
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
      met === undefined ? faults.next(aboutOf(call), possibleFor(call)) : { kind: met, at: 0 };
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
    if (isWrite) passedOn += 1;
    const answer = await perform(call, part);
    if (table !== undefined && isWrite) {
      // DynamoDB Local tells no capacity of statements.
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
        const body = await read(message);
        const action = String(message.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
        await serve({ action, body, headers: message.headers, json: JSON.parse(body.toString()) }, response);
      } catch {
        // The service behind is away, or the caller is gone.
        response.socket?.destroy();
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    faults,
    get writes() {
      return passedOn;
    },
    always(fault, matching = '') {
      forced = fault;
      forcedOn = matching;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.closeAllConnections();
      server.close();
      await closed;
      agent.destroy();
    },
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** What a call is about, the same for each repetition of it. */
function aboutOf(call: Call): string {
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

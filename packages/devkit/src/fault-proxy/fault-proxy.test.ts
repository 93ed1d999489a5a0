import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';

import { Client, credentials, status } from '@grpc/grpc-js';
import { expect, inject, onTestFinished, test, vi } from 'vitest';

import { exception, startScriptedDynamoDb } from '../scripted-services/scripted-dynamodb.ts';
import { startScriptedFirestore } from '../scripted-services/scripted-firestore.ts';
import { type DynamoDbFault, startDynamoDbProxy } from './dynamodb-proxy.ts';
import { FaultPlan } from './fault-plan.ts';
import { type FirestoreFault, startFirestoreProxy } from './firestore-proxy.ts';
import { startTcpProxy, type TcpFault } from './tcp-proxy.ts';
import { ThrottledTable } from './throttled-table.ts';

const same = (bytes: Buffer): Buffer => bytes;

const meet = (order: readonly string[]): Map<string, (string | undefined)[]> => {
  const plan = new FaultPlan<'a' | 'b'>({ seed: 7, perThousand: { a: 100, b: 50 } });
  const met = new Map<string, (string | undefined)[]>();
  for (const call of order) met.set(call, [...(met.get(call) ?? []), plan.next(call)?.kind]);
  return met;
};

test('the same calls meet the same faults, in whatever order they come', () => {
  const calls = Array.from({ length: 500 }, (_, index) => `call ${index % 250}`);
  const met = meet(calls);
  const again = meet(calls.toReversed());
  for (const [call, kinds] of met) expect(again.get(call)).toEqual(kinds);
  const all = [...met.values()].flat();
  expect(all.filter((kind) => kind === 'a').length).toBeGreaterThan(25);
  expect(all.filter((kind) => kind === 'b').length).toBeGreaterThan(10);
  const other = new FaultPlan<'a' | 'b'>({ seed: 8, perThousand: { a: 100, b: 50 } });
  expect(calls.map((call) => other.next(call)?.kind)).not.toEqual(all);
});

test('no more faults than the limit, and those counted by kind', () => {
  const plan = new FaultPlan<'a'>({ seed: 1, perThousand: { a: 1_000 }, limit: 3 });
  expect([1, 2, 3, 4].map((call) => plan.next(`${call}`)?.kind)).toEqual(['a', 'a', 'a', undefined]);
  expect(plan.counts).toEqual({ a: 3 });
});

const answered = { status: 200, body: { ConsumedCapacity: { CapacityUnits: 3 }, Item: { a: { S: 'x' } } } };

/** As `answered`, and one response for each statement of a batch. */
function answerTo({ body }: { readonly body: object }): { status: number; body: object } {
  const { Statements } = body as { Statements?: readonly unknown[] };
  if (Statements === undefined) return answered;
  const Responses = Statements.map(() => ({ TableName: 'journals' }));
  return { status: 200, body: { Responses, ConsumedCapacity: [{ CapacityUnits: 3 }] } };
}

async function openDynamoDb(fault: DynamoDbFault | undefined, table?: ThrottledTable) {
  const service = await startScriptedDynamoDb(answerTo);
  const perThousand = fault === undefined ? {} : { [fault]: 1_000 };
  const proxy = await startDynamoDbProxy({
    endpoint: service.endpoint,
    faults: { seed: 1, perThousand },
    table,
  });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });
  const call = async (action: string, body: object): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(proxy.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${action}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(1_000),
    });
    const answer = await response.text();
    return { status: response.status, json: answer.startsWith('{') ? JSON.parse(answer) : answer };
  };
  return { service, proxy, call };
}

const put = { Item: { dateKey: { S: 'journal_a_b' } } };

test.each([
  ['throughput-exceeded', exception('ProvisionedThroughputExceededException')],
  ['throttling', exception('ThrottlingException')],
  ['request-limit', exception('RequestLimitExceeded')],
  ['expired-credentials', exception('ExpiredTokenException')],
  ['access-denied', exception('AccessDeniedException')],
  ['no-table', exception('ResourceNotFoundException')],
] as const)('DynamoDB: %s, and nothing is done', async (fault, { status: wanted, body }) => {
  const { service, call } = await openDynamoDb(fault);
  const answer = await call('PutItem', put);
  expect(answer.status).toBe(wanted);
  expect(answer.json).toMatchObject({ __type: (body as { __type: string }).__type });
  expect(service.calls).toHaveLength(0);
});

test.each([
  ['internal-error', 500],
  ['unavailable', 503],
] as const)('DynamoDB: %s', async (fault, wanted) => {
  const { call } = await openDynamoDb(fault);
  expect((await call('PutItem', put)).status).toBe(wanted);
});

test.each([
  ['reset-before', 0],
  ['reset-after', 1],
  ['reset-within', 1],
  ['hang', 0],
] as const)('DynamoDB: %s, done %i times', async (fault, done) => {
  const { service, proxy, call } = await openDynamoDb(fault);
  await expect(call('PutItem', put)).rejects.toThrow(/fetch failed|terminated|timeout/);
  expect(service.calls).toHaveLength(done);
  expect(proxy.faults.counts).toEqual({ [fault]: 1 });
});

test('DynamoDB: a batch is done in part, and says what is left over', async () => {
  const { service, call } = await openDynamoDb('left-over');
  const items = [1, 2, 3, 4].map((n) => ({ PutRequest: { Item: { dateKey: { S: `${n}` } } } }));
  const batch = { journals: items };
  const { json } = await call('BatchWriteItem', { RequestItems: batch });
  const done = service.calls.flatMap(({ body }) => (body['RequestItems'] as typeof batch).journals);
  const { UnprocessedItems } = json as { UnprocessedItems: typeof batch };
  expect(done.length).toBeGreaterThan(0);
  expect([...done, ...UnprocessedItems.journals]).toEqual(items);
});

const inserts = (keys: readonly string[]): object => ({
  Statements: keys.map((key) => ({ Statement: 'INSERT …', Parameters: [{ S: key }, { M: {} }] })),
});
const insertedKeys = (body: object): unknown[] =>
  (body as { Statements: { Parameters: [{ S: string }] }[] }).Statements.map(
    ({ Parameters: [key] }) => key.S,
  );
/** Answers of statements: each that the service was asked for, or its refusal. */
const codesOf = (json: unknown): (string | undefined)[] =>
  (json as { Responses: { Error?: { Code: string } }[] }).Responses.map(({ Error: error }) => error?.Code);

test('DynamoDB: a batch of statements is done in part, and the others are throttled', async () => {
  const { service, proxy, call } = await openDynamoDb('left-over');
  const keys = ['1', '2', '3', '4'];
  const answer = await call('BatchExecuteStatement', inserts(keys));
  expect(answer.status).toBe(200);
  const codes = codesOf(answer.json);
  expect(codes).toHaveLength(4);
  expect(codes.filter((code) => code !== undefined)).toContain('ThrottlingError');
  expect(service.calls.flatMap(({ body }) => insertedKeys(body))).toEqual(
    keys.filter((_, index) => codes[index] === undefined),
  );
  expect(proxy.writes).toBe(1);
});

test('batches of statements meet faults each by its own keys', async () => {
  const { call, proxy } = await openDynamoDb(undefined);
  proxy.faults.change({ 'internal-error': 500 });
  const met = async (key: string): Promise<number> =>
    (await call('BatchExecuteStatement', inserts([key, 'x']))).status;
  const statuses = new Set<number>();
  for (let index = 0; index < 20; index += 1) statuses.add(await met(`key ${index}`));
  expect(statuses).toEqual(new Set([200, 500]));
});

test('a throttled table refuses single statements of a batch, each by its own partition', async () => {
  const table = new ThrottledTable({
    writeUnitsPerSecond: 1_000,
    partitions: 4,
    partitionUnitsPerSecond: 6,
    now: () => 0,
  });
  const { service, call } = await openDynamoDb(undefined, table);
  const keys = ['a', 'a', 'b', 'c', 'd', 'e'];
  const first = await call('BatchExecuteStatement', inserts(keys));
  expect(codesOf(first.json)).toEqual(keys.map(() => undefined));
  expect(table.used).toBe(keys.length);
  const more = Array.from({ length: 8 }, (_, index) => inserts(['a', `other ${index}`, 'e']));
  const codes: (string | undefined)[] = [];
  for (const body of more) {
    const answer = await call('BatchExecuteStatement', body);
    codes.push(...(answer.status === 200 ? codesOf(answer.json) : ['none', 'of', 'them']));
  }
  expect(codes).toContain('ThrottlingError');
  const done = service.calls.flatMap(({ body }) => insertedKeys(body)).length - keys.length;
  expect(done).toBe(codes.filter((code) => code === undefined).length);
});

test('DynamoDB: a call meets what all are to meet, until it is taken back', async () => {
  const { call, proxy } = await openDynamoDb(undefined);
  proxy.always('access-denied');
  expect((await call('PutItem', put)).status).toBe(400);
  proxy.always(undefined);
  expect((await call('PutItem', put)).json).toEqual(answered.body);
});

test('a table throttles when its burst is used up, and a partition before the table', async () => {
  let now = 0;
  const table = new ThrottledTable({
    writeUnitsPerSecond: 10,
    burstSeconds: 3,
    partitions: 4,
    partitionUnitsPerSecond: 9,
    now: () => now,
  });
  const { call } = await openDynamoDb(undefined, table);
  const write = async (key: string): Promise<number> =>
    (await call('PutItem', { Item: { dateKey: { S: key } } })).status;
  // Three units each: the fourth write to a key finds its partition empty.
  expect([await write('a'), await write('a'), await write('a'), await write('a')]).toEqual([
    200, 200, 200, 400,
  ]);
  const others = await Promise.all(Array.from({ length: 30 }, (_, index) => write(`other ${index}`)));
  expect(others.filter((answer) => answer === 200).length).toBeLessThan(12);
  expect(table.used).toBeLessThanOrEqual(33);
  now += 2_000;
  expect(await write('a')).toBe(200);
});

async function openFirestore(fault: FirestoreFault | undefined) {
  const messages = Array.from({ length: 60 }, (_, index) => Buffer.from(`message ${index}`));
  const service = await startScriptedFirestore(() => ({ messages }));
  const perThousand = fault === undefined ? {} : { [fault]: 1_000 };
  const proxy = await startFirestoreProxy({
    emulatorHost: service.emulatorHost,
    faults: { seed: 1, perThousand },
  });
  const client = new Client(proxy.emulatorHost, credentials.createInsecure(), {
    'grpc.enable_http_proxy': 0,
  });
  onTestFinished(async () => {
    client.close();
    await proxy[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });
  const read = async (): Promise<{ messages: string[]; code: status }> => {
    const stream = client.makeServerStreamRequest(
      '/google.firestore.v1.Firestore/RunQuery',
      same,
      same,
      Buffer.from('query'),
      { deadline: Date.now() + 1_000 },
    );
    const got: string[] = [];
    stream.on('data', (message: Buffer) => got.push(message.toString()));
    const ended = Promise.withResolvers<status>();
    stream.on('error', ({ code }: Error & { code?: status }) => ended.resolve(code ?? status.UNKNOWN));
    stream.on('end', () => ended.resolve(status.OK));
    return { code: await ended.promise, messages: got };
  };
  return { read, messages: messages.map(String) };
}

test.each([
  ['unavailable', status.UNAVAILABLE],
  ['deadline-exceeded', status.DEADLINE_EXCEEDED],
  ['resource-exhausted', status.RESOURCE_EXHAUSTED],
  ['aborted', status.ABORTED],
  ['permission-denied', status.PERMISSION_DENIED],
  ['hang', status.DEADLINE_EXCEEDED],
] as const)('Firestore: %s', async (fault, code) => {
  const { read } = await openFirestore(fault);
  expect(await read()).toEqual({ code, messages: [] });
});

test('Firestore: a stream is cut in the middle of a page', async () => {
  const { read, messages } = await openFirestore('cut');
  const cut = await read();
  expect(cut.code).toBe(status.UNAVAILABLE);
  expect(cut.messages).toEqual(messages.slice(0, cut.messages.length));
  expect(cut.messages.length).toBeGreaterThan(0);
  expect(cut.messages.length).toBeLessThan(60);
});

test.each([undefined, 'delay'] as const)('Firestore: what is let through is whole (%s)', async (fault) => {
  const { read, messages } = await openFirestore(fault);
  expect(await read()).toEqual({ code: status.OK, messages });
});

async function openEcho(fault: TcpFault | undefined) {
  const service = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as { port: number };
  const perThousand = fault === undefined ? {} : { [fault]: 1_000 };
  const proxy = await startTcpProxy({
    target: { host: '127.0.0.1', port },
    faults: { seed: 1, perThousand },
  });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    service.close();
  });
  const echo = async (words: string): Promise<string> => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.setTimeout(700, () => socket.destroy(new Error('no answer')));
    socket.end(words);
    return await text(socket);
  };
  return { proxy, echo };
}

test.each([undefined, 'delay'] as const)('TCP: what is let through is whole (%s)', async (fault) => {
  const { echo } = await openEcho(fault);
  expect(await echo('hello '.repeat(1_000))).toBe('hello '.repeat(1_000));
});

test.each(['refuse', 'reset'] as const)('TCP: %s', async (fault) => {
  const { echo } = await openEcho(fault);
  await expect(echo('hello')).rejects.toThrow(/ECONNRESET|EPIPE|aborted/);
});

test('TCP: hang', async () => {
  const { echo } = await openEcho('hang');
  await expect(echo('hello')).rejects.toThrow('no answer');
});

test('TCP: cut off, and restored', async () => {
  const { echo, proxy } = await openEcho(undefined);
  proxy.cut();
  await expect(echo('hello')).rejects.toThrow(/ECONNRESET|EPIPE/);
  proxy.restore();
  expect(await echo('hello')).toBe('hello');
});

test('TCP: silent, and restored: what was sent meanwhile arrives, from one who has left as well', async () => {
  const heard: string[] = [];
  const service = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece) => heard.push(piece.toString()));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as { port: number };
  const proxy = await startTcpProxy({ target: { host: '127.0.0.1', port } });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    service.close();
  });
  const before = connect(proxy.port, '127.0.0.1');
  before.write('one');
  await vi.waitFor(() => expect(heard).toEqual(['one']), 20_000);
  proxy.silence();
  before.end('two');
  await once(before, 'finish');
  const during = connect(proxy.port, '127.0.0.1');
  during.write('three');
  await once(during, 'connect');
  expect(heard).toEqual(['one']);
  proxy.restore();
  await vi.waitFor(() => expect(heard.toSorted()).toEqual(['one', 'three', 'two']), 20_000);
  for (const socket of [before, during]) socket.destroy();
});

test('a real Redis answers through the proxy', async () => {
  const { hostname, port } = new URL(inject('services').REDIS_URL);
  const proxy = await startTcpProxy({ target: { host: hostname, port: Number(port) } });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write('PING\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('+PONG\r\n');
  socket.destroy();
});

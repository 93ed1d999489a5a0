import {
  encodeItem,
  exception,
  heldLease,
  type ScriptedAnswer,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from '@migrator/devkit';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';

import { createDynamoDbTarget } from './index.ts';

afterEach(() => vi.unstubAllEnvs());

const items = ['1', '2', '3'].map((date) => encodeItem({ userId: 'ann', date }));
const created = {};
const failed = (code: string): object => ({ Error: { Code: code, Message: 'why' } });
const answer = (...Responses: object[]): ScriptedAnswer => ({ body: { Responses } });

async function open(answers: readonly ScriptedAnswer[]) {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
  const dynamodb = await startScriptedDynamoDb((_call, index) => answers[index] ?? { body: {} });
  const used: [string, number][] = [];
  const target = createDynamoDbTarget({
    tableName: 'journals',
    endpoint: dynamodb.endpoint,
    region: 'eu-west-1',
    onCapacity: (kind, units) => used.push([kind, units]),
  });
  onTestFinished(async () => {
    await target.close();
    await dynamodb[Symbol.asyncDispose]();
  });
  return { target, dynamodb, used };
}

function keysOf({ calls }: ScriptedDynamoDb): string[][] {
  return calls.map(({ body }) =>
    (body['Statements'] as { Parameters: { S: string }[] }[]).map(({ Parameters }) => Parameters[0]!.S),
  );
}

test('all in one request, at the capacity that the answer tells', async () => {
  const { target, dynamodb, used } = await open([
    { body: { Responses: [{}, {}, {}], ConsumedCapacity: [{ CapacityUnits: 7 }] } },
  ]);
  expect(await target.createItems(items, heldLease)).toEqual({ created: [true, true, true], writeUnits: 7 });
  expect(used).toEqual([['write', 7]]);
  expect(dynamodb.calls.map(({ action }) => action)).toEqual(['BatchExecuteStatement']);
});

test('where the answer tells no capacity, an item counts by its size and a duplicate as one', async () => {
  const large = encodeItem({ userId: 'ann', date: '4', data: { note: { S: 'x'.repeat(2_100) } } });
  const { target } = await open([answer(created, failed('DuplicateItem'))]);
  expect(await target.createItems([large, items[0]!], heldLease)).toEqual({
    created: [true, false],
    writeUnits: 4,
  });
});

test('what is throttled goes again alone, and what is not created does not', async () => {
  const { target, dynamodb } = await open([
    answer(failed('ThrottlingError'), created, failed('ProvisionedThroughputExceeded')),
    answer(failed('DuplicateItem'), failed('InternalServerError')),
    answer(created),
  ]);
  expect((await target.createItems(items, heldLease)).created).toEqual([false, true, true]);
  const [first, second, third] = items.map(({ dateKey }) => dateKey);
  expect(keysOf(dynamodb)).toEqual([[first, second, third], [first, third], [third]]);
});

test.each<[string, ScriptedAnswer]>([
  ['lost', 'reset'],
  ['a throttled request', exception('ThrottlingException')],
  ['a server error', { status: 500, body: { __type: 'InternalServerError' } }],
  ['without an outcome for a statement', { body: {} }],
])('an answer that is %s: the whole batch goes again', async (_, failing) => {
  const { target, dynamodb } = await open([failing, answer(failed('DuplicateItem'), created, created)]);
  expect((await target.createItems(items, heldLease)).created).toEqual([false, true, true]);
  expect(dynamodb.calls).toHaveLength(2);
});

test.each<[string, string]>([
  ['ValidationException', 'Item size to update has exceeded the maximum allowed size'],
  ['ValidationException', 'Provided list of item keys contains duplicates'],
  ['SerializationException', ''],
])('a request that is refused as a whole (%s: %s) creates nothing', async (name, message) => {
  const { target, dynamodb } = await open([exception(name, message)]);
  expect(await target.createItems(items, heldLease)).toEqual({
    created: [false, false, false],
    writeUnits: 0,
  });
  expect(dynamodb.calls).toHaveLength(1);
});

test.each<[string, ScriptedAnswer, string]>([
  ['a service without PartiQL', exception('UnknownOperationException'), 'NOT_SUPPORTED'],
  ['an identity without the permission', exception('AccessDeniedException', 'no'), 'ACCESS_DENIED'],
  ['the same, said of statements', answer(failed('AccessDenied'), created, created), 'ACCESS_DENIED'],
])('%s is asked once', async (_, refusal, code) => {
  const { target, dynamodb } = await open([refusal]);
  const refused = { code, message: expect.stringContaining(code === 'ACCESS_DENIED' ? 'PartiQLInsert' : '') };
  await expect(target.createItems(items, heldLease)).rejects.toMatchObject(refused);
  await expect(target.createItems(items, heldLease)).rejects.toMatchObject(refused);
  expect(dynamodb.calls).toHaveLength(1);
});

test('a service that takes batches now is believed, where it refused them before', async () => {
  const refusal = exception('AccessDeniedException', 'no');
  const permitted = exception('ValidationException', 'empty key');
  const { target } = await open([refusal, refusal, permitted, answer(created, created, created)]);
  await expect(target.createItems(items, heldLease)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  expect(await target.whyNoBatches()).toContain('PartiQLInsert');
  await expect(target.createItems(items, heldLease)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  expect(await target.whyNoBatches()).toBeUndefined();
  expect((await target.createItems(items, heldLease)).created).toEqual([true, true, true]);
});

test('what one run was refused, the next one asks for again, once', async () => {
  const refusal = exception('AccessDeniedException', 'no');
  const { target, dynamodb } = await open([refusal, refusal, answer(created)]);
  const ofRun = (migratedAt: string) =>
    target.createItems([encodeItem({ userId: 'ann', date: '1', migratedAt })], heldLease);
  const [first, second, third] = ['2026-06-01', '2026-06-02', '2026-06-03'].map(
    (day) => `${day}T00:00:00.000Z`,
  );
  await expect(ofRun(first!)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  for (let attempt = 0; attempt < 2; attempt += 1)
    await expect(ofRun(second!)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  expect(dynamodb.calls).toHaveLength(2);
  expect((await ofRun(third!)).created).toEqual([true]);
});

test('without a lease nothing is sent', async () => {
  const { target, dynamodb } = await open([]);
  const lease = {
    require: () => {
      throw new Error('over');
    },
  };
  await expect(target.createItems(items, lease as never)).rejects.toThrow('over');
  expect(dynamodb.calls).toEqual([]);
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { crc32 } from 'node:zlib';
import { dateKey, parseItem, type Target, type RetryEvent } from '@migrator/core';
import {
  encodeItem,
  exception,
  heldLease,
  migratedItem,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from '@migrator/devkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';
import type { DynamoDbTargetOptions } from './options.ts';
import { BufferPool } from './buffer-pool.ts';

const ann = { userId: 'ann', date: '2026-01-01' };
const ref = { ...ann, dateKey: dateKey(ann) };
const done = { body: { ConsumedCapacity: { TableName: 'journals', CapacityUnits: 3 } } };

const closing: AsyncDisposable[] = [];
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
});
afterEach(async () => {
  for (const each of closing.splice(0).toReversed()) await each[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

function openAt(endpoint: string, options: Partial<DynamoDbTargetOptions> = {}): Target {
  const target = createDynamoDbTarget({ tableName: 'journals', region: 'eu-west-1', endpoint, ...options });
  closing.push({ [Symbol.asyncDispose]: async () => await target.close() });
  return target;
}

/** A target in front of a DynamoDB that answers these, one after the other, the last one again and again. */
async function open(
  answers: readonly (ScriptedAnswer | ((call: ScriptedCall) => ScriptedAnswer))[],
  options: Partial<DynamoDbTargetOptions> = {},
): Promise<{ target: Target; dynamodb: ScriptedDynamoDb; retries: readonly RetryEvent[] }> {
  const dynamodb = await startScriptedDynamoDb((call, index) => {
    const answer = answers[Math.min(index, answers.length - 1)] ?? 'hang';
    return typeof answer === 'function' ? answer(call) : answer;
  });
  closing.push(dynamodb);
  const retries: RetryEvent[] = [];
  const target = openAt(dynamodb.endpoint, { onRetry: (event) => retries.push(event), ...options });
  return { target, dynamodb, retries };
}

/** When a call says it was signed. */
function signedAt({ headers }: ScriptedCall): number {
  const [, year, month, day, hour, minute, second] =
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(String(headers['x-amz-date'])) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function expireUntilRenewed({ headers }: ScriptedCall): ScriptedAnswer {
  if (headers.authorization?.includes('Credential=new-key/') === true) return done;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'new-key');
  return exception('ExpiredTokenException', 'The security token included in the request is expired');
}

describe('a call', () => {
  test('is signed with a session token too, and tells of the capacity it used', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'a-token');
    const used: [string, number][] = [];
    const { target, dynamodb } = await open([done], {
      onCapacity: (kind, units) => used.push([kind, units]),
    });
    expect(await target.putOwned(encodeItem(ann), heldLease)).toEqual({ outcome: 'written', writeUnits: 3 });
    expect(used).toEqual([['write', 3]]);
    expect(dynamodb.calls[0]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-security-token': 'a-token',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=a-key\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*host;[a-z0-9;-]*x-amz-security-token/,
      ),
    });
    expect(dynamodb.calls[0]?.body).toMatchObject({ TableName: 'journals', Item: migratedItem(ann) });
  });

  test('takes an item at its size where the service tells no capacity', async () => {
    const { target } = await open([{ body: {} }]);
    const item = encodeItem({ ...ann, data: { note: { S: 'x'.repeat(2100) } } });
    expect(await target.putOwned(item, heldLease)).toEqual({ outcome: 'written', writeUnits: 3 });
  });

  test.each<[string, ScriptedAnswer]>([
    ['throttled', exception('ProvisionedThroughputExceededException')],
    ['answered with a 500', { status: 500, body: { __type: 'InternalServerError' } }],
    ['answered by a proxy', { status: 403, body: '<html>no</html>' }],
    ['broken off', 'reset'],
    ['answered with a wrong checksum', { ...done, headers: { 'x-amz-crc32': '1' } }],
  ])('that is %s is made again', async (_, failing) => {
    const { target, dynamodb, retries } = await open([failing, failing, done]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
    expect(retries).toHaveLength(2);
    expect(dynamodb.calls).toHaveLength(3);
    expect(dynamodb.calls[2]?.body).toEqual(dynamodb.calls[0]?.body);
  });

  test('whose checksum is right is believed', async () => {
    const body = JSON.stringify(done.body);
    const { target, dynamodb } = await open([{ body, headers: { 'x-amz-crc32': String(crc32(body)) } }]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
    expect(dynamodb.calls).toHaveLength(1);
  });

  test('that is never answered ends as unavailable', async () => {
    const { target } = await open(['hang'], { timeoutMs: 20 });
    const unavailable = { status: 'rejected', reason: { code: 'TARGET_UNAVAILABLE', attempts: 8 } };
    const ends = await Promise.allSettled([target.putOwned(encodeItem(ann), heldLease), target.preflight()]);
    expect(ends).toMatchObject([unavailable, unavailable]);
  });

  test('that is refused is not made again', async () => {
    const { target, dynamodb } = await open([exception('AccessDeniedException', 'not authorized')]);
    await expect(target.putOwned(encodeItem(ann), heldLease)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      attempts: 1,
    });
    expect(dynamodb.calls).toHaveLength(1);
  });

  test("is signed with AWS's time where this machine's clock is wrong", async () => {
    const anHour = 3_600_000;
    const answer = (call: ScriptedCall): ScriptedAnswer =>
      Math.abs(signedAt(call) - Date.now() - anHour) < 60_000
        ? done
        : {
            ...exception('InvalidSignatureException', 'Signature expired'),
            headers: { date: new Date(Date.now() + anHour).toUTCString() },
          };
    const { target, dynamodb } = await open([answer]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
    expect(dynamodb.calls).toHaveLength(3);
  });

  test('with a signature that is wrong by more than the clock fails', async () => {
    const { target } = await open([exception('InvalidSignatureException', 'does not match')]);
    await expect(target.putOwned(encodeItem(ann), heldLease)).rejects.toMatchObject({
      code: 'CREDENTIALS_REFUSED',
    });
  });

  test('with expired credentials is made again with new ones', async () => {
    const { target, dynamodb } = await open([expireUntilRenewed]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
    expect(dynamodb.calls).toHaveLength(2);
  });
});

describe('a failed condition', () => {
  const stored = migratedItem({ ...ann, migratedAt: '2026-07-01T00:00:00.000Z' });

  test('that brings the item along needs no reading', async () => {
    const { target, dynamodb } = await open([
      exception('ConditionalCheckFailedException', '', { Item: stored }),
    ]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toEqual({
      outcome: 'refused',
      stored,
      writeUnits: 1,
    });
    expect(dynamodb.calls).toHaveLength(1);
  });

  test('without the item has it read, strongly consistent; it may be gone', async () => {
    const failed = exception('ConditionalCheckFailedException');
    const { target, dynamodb } = await open([failed, { body: { Item: stored } }, failed, { body: {} }]);
    expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'refused', stored });
    expect(await target.putOwned(encodeItem(ann), heldLease)).toEqual({ outcome: 'refused', writeUnits: 1 });
    expect(dynamodb.calls[1]).toMatchObject({
      action: 'GetItem',
      body: { Key: { dateKey: { S: ref.dateKey } }, ConsistentRead: true },
    });
  });

  test('of a delete whose first try got no answer means that it was deleted', async () => {
    const failed = exception('ConditionalCheckFailedException');
    const { target } = await open(['reset', failed, { body: {} }]);
    expect(await target.deleteOwned(ref, heldLease)).toMatchObject({ outcome: 'deleted' });
  });
});

describe('a batch that is done in part', () => {
  const fixtures = ['1', '2', '3'].map((date) => ({ userId: 'ann', date }));
  test('has the rest read again', async () => {
    const keys = fixtures.map(dateKey);
    const found = fixtures.map(migratedItem);
    const { target, dynamodb } = await open([
      {
        body: {
          Responses: { journals: [found[0]] },
          UnprocessedKeys: { journals: { Keys: keys.slice(1).map((key) => ({ dateKey: { S: key } })) } },
          ConsumedCapacity: [{ CapacityUnits: 1 }],
        },
      },
      { body: { Responses: { journals: found.slice(1) }, ConsumedCapacity: [{ CapacityUnits: 2 }] } },
    ]);
    const { items: read, readUnits } = await target.getItems(keys);
    expect([...read.values()].map(parseItem)).toEqual(found);
    expect(readUnits).toBe(3);
    expect(dynamodb.calls[1]?.body).toMatchObject({
      RequestItems: {
        journals: { Keys: keys.slice(1).map((key) => ({ dateKey: { S: key } })), ConsistentRead: true },
      },
    });
  });
});

test('bodies that are used again bring every item whole, whatever becomes of the tries before', async () => {
  const counts = new Map<string, number>();
  const answers: ScriptedAnswer[] = [
    'reset',
    exception('ProvisionedThroughputExceededException'),
    { status: 500, body: {} },
    { body: '{"ConsumedCapacity":', headers: { 'x-amz-crc32': '1' } },
  ];
  const { target, dynamodb } = await open([
    ({ body }) => {
      const { dateKey: key } = body['Item'] as { dateKey: { S: string } };
      const tries = (counts.get(key.S) ?? 0) + 1;
      counts.set(key.S, tries);
      // Two of three entries fail first, each kind of it in turns.
      const kind = Number(key.S.slice(-4)) % (answers.length * 1.5);
      return (tries === 1 ? answers[Math.floor(kind)] : undefined) ?? done;
    },
  ]);
  const items = Array.from({ length: 300 }, (_, index) => {
    const date = String(index).padStart(4, '0');
    return encodeItem({
      userId: 'ann',
      date,
      data: { note: { S: `${index} `.repeat(1 + ((index * 37) % 4_000)) } },
    });
  });
  const results = await Promise.all(items.map((item) => target.putOwned(item, heldLease)));
  expect(results.every(({ outcome }) => outcome === 'written')).toBe(true);
  // Each try's body, not just the last one's.
  const wanted = new Map(items.map((item) => [item.dateKey, parseItem(item.json)]));
  for (const { body } of dynamodb.calls) {
    const item = body['Item'] as { dateKey: { S: string } };
    expect(item).toEqual(wanted.get(item.dateKey.S));
    expect(body['ExpressionAttributeValues']).toMatchObject({
      ':date': { S: item.dateKey.S.slice('journal_ann_'.length) },
    });
  }
  expect(dynamodb.calls.length).toBeGreaterThan(items.length);
});

describe('an abort', () => {
  test('ends a call that hangs', async () => {
    const abort = new AbortController();
    const hang = (): ScriptedAnswer => {
      abort.abort();
      return 'hang';
    };
    const { target } = await open([hang]);
    await expect(target.putOwned(encodeItem(ann), heldLease, abort.signal)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  test('ends waiting for a table that is throttled, which nothing else does', async () => {
    const abort = new AbortController();
    const { target } = await open([exception('ThrottlingException')], {
      onRetry: ({ attempt }) => attempt === 4 && abort.abort(),
    });
    await expect(target.putOwned(encodeItem(ann), heldLease, abort.signal)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  test('ends a call of the SDK that hangs', async () => {
    const abort = new AbortController();
    const hang = (): ScriptedAnswer => {
      abort.abort();
      return 'hang';
    };
    const { target } = await open([hang]);
    await expect(target.describe(abort.signal)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a target', () => {
  test('leaves no connection open when it is closed, and does nothing more', async () => {
    const { target, dynamodb } = await open([done]);
    await Promise.all(
      Array.from({ length: 5 }, async () => await target.putOwned(encodeItem(ann), heldLease)),
    );
    await target.deleteOwned(ref, heldLease);
    expect(await dynamodb.openConnections()).toBeGreaterThan(0);
    await target.close();
    await vi.waitFor(async () => expect(await dynamodb.openConnections()).toBe(0), 3_000);
    await expect(target.putOwned(encodeItem(ann), heldLease)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('keeps to its concurrency', async () => {
    const { target, dynamodb } = await open([done], { writeConcurrency: 2 });
    await Promise.all(
      Array.from({ length: 20 }, async () => await target.putOwned(encodeItem(ann), heldLease)),
    );
    expect(await dynamodb.openConnections()).toBe(2);
  });

  test('that is not there is an error in the end', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const address = nobody.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    nobody.close();
    await once(nobody, 'close');
    const target = openAt(`http://127.0.0.1:${port}`);
    const unavailable = {
      code: 'TARGET_UNAVAILABLE',
      message: expect.stringContaining('AWS_ENDPOINT_URL_DYNAMODB'),
    };
    const ends = await Promise.allSettled([target.putOwned(encodeItem(ann), heldLease), target.preflight()]);
    expect(ends).toMatchObject([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ]);
  });

  test('without credentials says what to set', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const { target, dynamodb } = await open([done]);
    const missing = {
      code: 'CREDENTIALS_NOT_FOUND',
      message: expect.stringContaining(
        'AWS credentials not found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      ),
    };
    await expect(target.preflight()).rejects.toMatchObject(missing);
    await expect(target.putOwned(encodeItem(ann), heldLease)).rejects.toMatchObject(missing);
    expect(dynamodb.calls).toHaveLength(0);
  });

  test('without a region says what to set', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const target = createDynamoDbTarget({ tableName: 'journals' });
    closing.push({ [Symbol.asyncDispose]: async () => await target.close() });
    const missing = { code: 'REGION_NOT_FOUND', message: expect.stringContaining('AWS_REGION') };
    await expect(target.preflight()).rejects.toMatchObject(missing);
    await expect(target.putOwned(encodeItem(ann), heldLease)).rejects.toMatchObject(missing);
  });
});

test.each<[string, ScriptedAnswer]>([
  [
    'the condition failed',
    exception('ConditionalCheckFailedException', '', { Item: { dateKey: { S: 'k' } } }),
  ],
  ['throttled', exception('ProvisionedThroughputExceededException')],
  ['an error of the service', { status: 500, body: {} }],
  ['no answer', 'reset'],
])('the memory of a request is used again after its good answer only: %s', async (_name, answer) => {
  const dynamodb = await startScriptedDynamoDb((_call, index) => (index === 0 ? answer : done));
  closing.push(dynamodb);
  const memory = new BufferPool();
  const target = createDynamoDbTarget(
    {
      tableName: 'journals',
      region: 'eu-west-1',
      endpoint: dynamodb.endpoint,
      // Told between the bad answer and the next try.
      onRetry: () => kept.push(memory.keptBytes),
    },
    memory,
  );
  closing.push({ [Symbol.asyncDispose]: async () => await target.close() });
  const kept: number[] = [];
  await target.putOwned(encodeItem(ann), heldLease);
  // A failed condition is no failure: nothing is tried again.
  if (kept.length === 0) kept.push(memory.keptBytes);
  expect(kept).toEqual([0]);
  await target.putOwned(encodeItem(ann), heldLease);
  expect(memory.keptBytes).toBeGreaterThan(0);
});

test.each(['', '/', '/base', '/base/', '/a b//c'])(
  'an endpoint with the path "%s" gets our writes where it gets the calls of the SDK',
  async (path) => {
    const dynamodb = await startScriptedDynamoDb(({ action }) =>
      action === 'PutItem' ? done : exception('AccessDeniedException'),
    );
    closing.push(dynamodb);
    const target = openAt(dynamodb.endpoint + path);
    await expect(target.preflight()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await target.putOwned(encodeItem(ann), heldLease);
    const pathOf = (name: string): string | undefined =>
      dynamodb.calls.find(({ action }) => action === name)?.path;
    expect(pathOf('PutItem')).toBe(pathOf('DescribeTable'));
  },
);

test("an item's fields have their names, whatever names the items before it had", async () => {
  const items = ['\\', '"', '\n', 'a'].map((name) => migratedItem({ ...ann, data: { [name]: { S: 'x' } } }));
  const page = { Items: items, ConsumedCapacity: { CapacityUnits: 1 } };
  const put = exception('ConditionalCheckFailedException', 'The conditional request failed', {
    Item: items[1],
  });
  const { target } = await open([{ body: page }, put]);
  const scanned = await target.scan({ segment: 0, totalSegments: 1 });
  expect(scanned.items.map(parseItem)).toEqual(items);
  expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ stored: items[1] });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFirestoreEmulator, type FirestoreEmulator } from '../start-firestore-emulator.ts';
import { openRawClient, type RawClient } from '../test-support/open-raw-client.ts';

let emulator: FirestoreEmulator;
let client: RawClient;
const database = `projects/${randomUUID()}/databases/(default)`;
const root = `${database}/documents`;

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  client = openRawClient(emulator.port);
});
afterAll(async () => {
  client.close();
  await emulator.close();
});

interface Doc {
  readonly name: string;
  readonly fields?: Record<string, unknown>;
}
async function put(...paths: string[]): Promise<void> {
  const writes = paths.map((path) => ({
    update: { name: `${root}/${path}`, fields: { n: { integerValue: 1 } } },
  }));
  await client.call('Commit', { database, writes });
}

async function one<T>(method: string, request: Record<string, unknown>): Promise<T> {
  const [response] = await client.call<T>(method, request);
  return response!;
}

test('CreateDocument, GetDocument, UpdateDocument and DeleteDocument', async () => {
  const fields = { a: { integerValue: 1 }, b: { stringValue: 'x' } };
  const created: Doc = await one('CreateDocument', {
    parent: root,
    collectionId: 'single',
    document: { fields },
  });
  expect(created.name).toMatch(/\/single\/[\w-]{20}$/);
  const given = { parent: root, collectionId: 'single', documentId: 'given', document: { fields } };
  await client.call('CreateDocument', given);
  await expect(client.call('CreateDocument', given)).rejects.toMatchObject({ code: 6 });
  const name = `${root}/single/given`;
  const updated: Doc = await one('UpdateDocument', {
    document: { name, fields: { b: { stringValue: 'y' } } },
    updateMask: { fieldPaths: ['b'] },
    mask: { fieldPaths: ['b'] },
  });
  expect(updated.fields).toEqual({ b: { stringValue: 'y' } });
  const read: Doc = await one('GetDocument', { name });
  expect(read.fields).toEqual({ a: { integerValue: 1 }, b: { stringValue: 'y' } });
  await client.call('DeleteDocument', { name });
  await expect(client.call('GetDocument', { name })).rejects.toMatchObject({ code: 5 });
  await expect(
    client.call('DeleteDocument', { name, currentDocument: { exists: true } }),
  ).rejects.toMatchObject({ code: 5 });
});

function queryExact(fieldPath: string, integerValue: string): Promise<{ document?: Doc }[]> {
  const where = { fieldFilter: { field: { fieldPath }, op: 'EQUAL', value: { integerValue } } };
  const structuredQuery = { from: [{ collectionId: 'exact' }], where };
  return client.call('RunQuery', { parent: root, structuredQuery });
}

test('integers keep all 64 bits', async () => {
  const name = `${root}/exact/one`;
  const fields = {
    big: { integerValue: '9223372036854775807' },
    small: { integerValue: '-9223372036854775808' },
  };
  const transforms = [
    { fieldPath: 'sum', increment: { integerValue: '9007199254740993' } },
    { fieldPath: 'big', increment: { integerValue: 1 } },
    { fieldPath: 'top', maximum: { integerValue: 5 } },
    { fieldPath: 'top', minimum: { doubleValue: 4.5 } },
  ];
  await client.call('Commit', {
    database,
    writes: [{ update: { name, fields }, updateTransforms: transforms }],
  });
  const [hit] = await queryExact('sum', '9007199254740993');
  expect(hit).toMatchObject({ document: { fields: { top: { doubleValue: 4.5 } } } });
  const [miss] = await queryExact('sum', '9007199254740992');
  expect(miss?.document).toBeUndefined();
  const [same] = await queryExact('big', fields.big.integerValue);
  expect(same).toHaveProperty('document');
});

test('a write that is a transform alone answers with its results', async () => {
  const document = `${root}/transforms/raw`;
  const fieldTransforms = [
    { fieldPath: 'n', increment: { integerValue: 2 } },
    { fieldPath: 'l', appendMissingElements: { values: [{ stringValue: 'a' }] } },
  ];
  const write = { transform: { document, fieldTransforms } };
  const answer = await one<{ writeResults: { transformResults: unknown[] }[] }>('Commit', {
    database,
    writes: [write, write],
  });
  expect(answer.writeResults.map((result) => result.transformResults)).toEqual([
    [{ integerValue: 2 }, { nullValue: 'NULL_VALUE' }],
    [{ integerValue: 4 }, { nullValue: 'NULL_VALUE' }],
  ]);
});

test('a count stops at its limit', async () => {
  await put('counted/a', 'counted/b', 'counted/c');
  const answer = await one('RunAggregationQuery', {
    parent: root,
    structuredAggregationQuery: {
      structuredQuery: { from: [{ collectionId: 'counted' }] },
      aggregations: [{ count: { upTo: { value: 2 } } }, { count: {}, alias: 'all' }],
    },
  });
  expect(answer).toMatchObject({
    result: { aggregateFields: { field_1: { integerValue: 2 }, all: { integerValue: 3 } } },
  });
});

test.each([
  ['of one level', false, ['a/1', 'b/1']],
  ['of all levels', true, ['a/1', 'a/1/c/1', 'b/1']],
])('a query without a collection takes all of them %s', async (_name, allDescendants, expected) => {
  await put('kindless/k/b/1', 'kindless/k/a/1', 'kindless/k/a/1/c/1');
  const parent = `${root}/kindless/k`;
  const structuredQuery = { from: [{ allDescendants }] };
  const found = await client.call<{ document: Doc }>('RunQuery', { parent, structuredQuery });
  expect(found.map(({ document }) => document.name)).toEqual(expected.map((path) => `${parent}/${path}`));
});

test.each<[string, Record<string, unknown>]>([
  ['a document of another database', { update: { name: 'projects/x/databases/y/documents/a/b' } }],
  ['a collection', { update: { name: `${root}/a` } }],
  ['a reserved id', { update: { name: `${root}/a/__x__` } }],
  ['a dot', { delete: `${root}/a/.` }],
  ['an empty id', { delete: `${root}/a/` }],
  ['a long id', { delete: `${root}/a/${'x'.repeat(1501)}` }],
  ['nothing', {}],
  ['a reserved field', { update: { name: `${root}/a/b`, fields: { __x__: { nullValue: 0 } } } }],
  [
    'an array in an array',
    {
      update: {
        name: `${root}/a/b`,
        fields: { l: { arrayValue: { values: [{ arrayValue: {} }] } } },
      },
    },
  ],
  [
    'an increment by text',
    {
      transform: {
        document: `${root}/a/b`,
        fieldTransforms: [{ fieldPath: 'a', increment: { stringValue: 'x' } }],
      },
    },
  ],
])('a write of %s is refused with a sentence', async (_name, write) => {
  await expect(client.call('Commit', { database, writes: [write] })).rejects.toMatchObject({
    code: 3,
    details: expect.stringMatching(/^[A-Z"].{15,}\.$/s),
  });
});

test.each<[string, Record<string, unknown>]>([
  ['Listen', { database }],
  ['Write', { database }],
  ['ExecutePipeline', { database }],
  ['GetDocument', { name: `${root}/a/b`, readTime: { seconds: 1 } }],
  ['RunQuery', { parent: root, structuredQuery: { findNearest: {} } }],
  ['RunQuery', { parent: root, structuredQuery: {}, explainOptions: {} }],
])('%s says what is not supported and who does', async (method, request) => {
  await put('any/thing');
  await expect(client.call(method, request)).rejects.toMatchObject({
    code: 12,
    details: expect.stringMatching(
      /^This local Firestore stand-in does not support .+\. Google's own Firestore emulator does\.$/,
    ),
  });
});

test('a batch write must not name a document twice', async () => {
  const write = { delete: `${root}/a/b` };
  await expect(client.call('BatchWrite', { database, writes: [write, write] })).rejects.toMatchObject({
    code: 3,
  });
});

test('a transaction that is over can be rolled back again, and not be used', async () => {
  const { transaction } = await one<{ transaction: Uint8Array }>('BeginTransaction', { database });
  await client.call('Rollback', { database, transaction });
  await client.call('Rollback', { database, transaction });
  await expect(client.call('Commit', { database, transaction })).rejects.toMatchObject({ code: 3 });
});

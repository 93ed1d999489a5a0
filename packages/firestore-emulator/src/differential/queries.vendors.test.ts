import * as fc from 'fast-check';
import { assert } from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BothFirestores, type Message, openBothFirestores } from './both-firestores.ts';
import { arbitraryFields, arbitraryValue, bounded, integer, list, reference, text } from './values.ts';

let both: BothFirestores;
beforeAll(async () => {
  both = await openBothFirestores();
});
afterAll(() => both[Symbol.asyncDispose]());

let collections = 0;
let collectionId = '';
beforeEach(() => {
  collections += 1;
  collectionId = `c${collections}`;
});

const ids = ['1', '2', '3', '4', '5', '6', '7', '8'];
const field = (fieldPath: string): Message => ({ fieldPath });
const paths = fc.constantFrom('n', 'm', 'z', 'm.a', 'm.b');
const comparisons = ['EQUAL', 'LESS_THAN', 'LESS_THAN_OR_EQUAL', 'GREATER_THAN', 'GREATER_THAN_OR_EQUAL'];

const fieldFilter = (path: string, op: string, value: Message): Message => ({
  fieldFilter: { field: field(path), op, value },
});
const ofOne = fc
  .tuple(paths, fc.constantFrom(...comparisons, 'NOT_EQUAL', 'ARRAY_CONTAINS'), arbitraryValue)
  .map(([path, op, value]) => fieldFilter(path, op, value));
const ofSeveral = fc
  .tuple(
    paths,
    fc.constantFrom('IN', 'NOT_IN', 'ARRAY_CONTAINS_ANY'),
    fc.array(
      arbitraryValue.filter((value) => !('arrayValue' in value)),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([path, op, values]) => fieldFilter(path, op, list(...values)));
const unary = fc
  .tuple(paths, fc.constantFrom('IS_NAN', 'IS_NULL', 'IS_NOT_NAN', 'IS_NOT_NULL'))
  .map(([path, op]): Message => ({ unaryFilter: { field: field(path), op } }));
const single = fc.oneof(ofOne, ofSeveral, unary);
const composite = fc
  .tuple(fc.constantFrom('AND', 'OR'), fc.array(single, { minLength: 1, maxLength: 2 }))
  .map(([op, filters]): Message => ({ compositeFilter: { op, filters } }));
const orders = fc
  .uniqueArray(paths, { maxLength: 2 })
  .chain((all) =>
    fc
      .constantFrom('ASCENDING', 'DESCENDING')
      .map((direction): Message[] => all.map((path) => ({ field: field(path), direction }))),
  );
const cursor = fc.record({
  values: fc.array(arbitraryValue, { maxLength: 3 }),
  before: fc.boolean(),
});

const arbitraryQuery = fc.record(
  {
    where: fc.oneof(single, composite),
    orderBy: orders,
    startAt: cursor,
    endAt: cursor,
    offset: fc.nat(4),
    limit: fc.nat(4).map((value) => ({ value })),
    select: fc.uniqueArray(paths, { minLength: 1 }).map((all) => ({ fields: all.map(field) })),
  },
  { requiredKeys: [] },
);

const aggregation = fc.oneof(
  fc.constant<Message>({ count: {} }),
  fc.nat(3).map((value): Message => ({ count: { upTo: { value } } })),
  paths.map((path): Message => ({ sum: { field: field(path) } })),
  paths.map((path): Message => ({ avg: { field: field(path) } })),
);
const aggregations = fc
  .array(aggregation, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((one, index) => ({ ...one, alias: `a${index}` })));

async function fill(documents: readonly Message[]): Promise<void> {
  const writes = ids.map((id, index) => {
    const name = `${both.root}/${collectionId}/${id}`;
    const fields = documents[index];
    return fields === undefined ? { delete: name } : { update: { name, fields } };
  });
  await both.same('Commit', { database: both.database, writes });
}

const documents = fc.array(arbitraryFields, { maxLength: ids.length });

test('queries find the same, in the same order', async () => {
  await assert(
    fc.asyncProperty(
      documents,
      fc.array(arbitraryQuery, { minLength: 8, maxLength: 8 }),
      async (all, queries) => {
        await fill(all);
        for (const query of queries) {
          const structuredQuery = { from: [{ collectionId }], ...query };
          await both.same('RunQuery', { parent: both.root, structuredQuery });
        }
      },
    ),
    bounded(100),
  );
});

test('aggregations count and add up the same, also with a limit and an offset', async () => {
  const queries = fc.array(fc.tuple(arbitraryQuery, aggregations), { minLength: 8, maxLength: 8 });
  await assert(
    fc.asyncProperty(documents, queries, async (all, asked) => {
      await fill(all);
      for (const [query, some] of asked) {
        const structuredQuery = { from: [{ collectionId }], ...query };
        const structuredAggregationQuery = { structuredQuery, aggregations: some };
        await both.same('RunAggregationQuery', { parent: both.root, structuredAggregationQuery });
      }
    }),
    bounded(100),
  );
});

const ref = (id: string): Message => reference(`${both.root}/${collectionId}/${id}`);
const byName = (op: string, value: Message): Message => ({ where: fieldFilter('__name__', op, value) });
const orderBy = [{ field: { fieldPath: '__name__' } }];
const composed = (op: string, ...filters: Message[]): Message => ({
  where: { compositeFilter: { op, filters } },
});

const special: Record<string, () => Message> = {
  'from a name on': () => ({ orderBy, startAt: { before: true, values: [ref('3')] } }),
  'behind a name': () => ({ orderBy, startAt: { values: [ref('3')] } }),
  'up to a name': () => ({ orderBy, endAt: { before: true, values: [ref('3')] } }),
  'a cursor without an order': () => ({ startAt: { before: true, values: [ref('3')] } }),
  'a cursor at text for a name': () => ({ orderBy, startAt: { values: [text('3')] } }),
  'a cursor at another collection': () => ({ orderBy, startAt: { values: [reference(`${both.root}/a/3`)] } }),
  'a cursor at a collection': () => ({ orderBy, startAt: { values: [reference(`${both.root}/c`)] } }),
  'a cursor without values': () => ({ orderBy, startAt: {} }),
  'an order twice': () => ({ orderBy: [...orderBy, ...orderBy] }),
  'an order behind names': () => ({ orderBy: [...orderBy, { field: { fieldPath: 'n' } }] }),
  'one name': () => byName('EQUAL', ref('3')),
  'names behind one': () => byName('GREATER_THAN', ref('3')),
  'several names': () => byName('IN', list(ref('3'), ref('1'), ref('zz'))),
  'all names but one': () => byName('NOT_EQUAL', ref('3')),
  'names that contain': () => byName('ARRAY_CONTAINS', ref('3')),
  'a name that is text': () => byName('EQUAL', text('3')),
  'a name that is null': () => ({ where: { unaryFilter: { field: field('__name__'), op: 'IS_NULL' } } }),
  'two exclusions': () =>
    composed('AND', fieldFilter('n', 'NOT_EQUAL', integer(1)), fieldFilter('n', 'NOT_EQUAL', integer(2))),
  'an exclusion of several in an OR': () =>
    composed('OR', fieldFilter('n', 'NOT_IN', list(integer(1))), fieldFilter('n', 'EQUAL', integer(2))),
  'a filter without a value': () => ({ where: { fieldFilter: { field: field('n'), op: 'EQUAL' } } }),
  'a filter of no kind': () => ({ where: {} }),
  'a composite of nothing': () => composed('AND'),
  'eleven that are not': () => ({
    where: fieldFilter('n', 'NOT_IN', list(...Array.from({ length: 11 }, (_, index) => integer(index)))),
  }),
  'thirty-one of several': () => ({
    where: fieldFilter('n', 'IN', list(...Array.from({ length: 31 }, (_, index) => integer(index)))),
  }),
  'a negative limit': () => ({ limit: { value: -1 } }),
  'a negative offset': () => ({ offset: -1 }),
  'two collections': () => ({ from: [{ collectionId }, { collectionId: 'other' }] }),
  'all collections': () => ({ from: [{ allDescendants: true }] }),
};

test.each(Object.entries(special))('a query for %s', async (_, query) => {
  await fill(ids.map((id) => ({ n: integer(id) })));
  const structuredQuery = { from: [{ collectionId }], ...query() };
  const asked = both.same('RunQuery', { parent: both.root, structuredQuery });
  await expect(asked).resolves.toBeDefined();
});

test('lists have the same pages', async () => {
  await fill(ids.map((id) => ({ n: integer(id) })));
  await both.put(`${collectionId}/missing/sub/one`, {});
  for (const pageSize of [-1, 0, 1, 8, 9, 300, 301]) {
    for (const showMissing of [false, true]) {
      await both.same('ListDocuments', { parent: both.root, collectionId, pageSize, showMissing });
    }
  }
  for (const parent of [both.root, `${both.root}/${collectionId}/missing`, `${both.root}/${collectionId}`]) {
    await both.same('ListCollectionIds', { parent });
    await both.same('ListDocuments', { parent, collectionId: 'sub', mask: { fieldPaths: [] } });
  }
  expect(await both.same('ListCollectionIds', { parent: both.root, pageSize: -1 })).toEqual({ code: 3 });
});

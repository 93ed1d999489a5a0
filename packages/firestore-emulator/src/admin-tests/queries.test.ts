import {
  AggregateField,
  FieldPath,
  Filter,
  type CollectionReference,
  type Firestore,
  type Query,
} from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdminFirestore, type AdminFirestore } from '../test-support/open-admin-firestore.ts';

let admin: AdminFirestore;
let db: Firestore;
let cities: CollectionReference;

beforeAll(async () => {
  admin = await openAdminFirestore();
  db = admin.firestore;
  cities = db.collection('cities');
  const data = {
    a: { n: 1, tags: ['x', 'y'], in: { k: 1 } },
    b: { n: 2.5, tags: ['y'], s: 'text' },
    c: { n: 3, tags: [], s: 'tex' },
    d: { n: NaN },
    e: { n: null },
    f: { n: '3' },
    g: { tags: 'x', in: { k: 2 } },
    h: { n: 3, in: { k: 1, l: 0 } },
  };
  const batch = db.batch();
  for (const [id, fields] of Object.entries(data)) batch.set(cities.doc(id), fields);
  await batch.commit();
});
afterAll(() => admin.close());

async function ids(query: Query): Promise<string> {
  return (await query.get()).docs.map((doc) => doc.id).join('');
}

test.each<[string, (query: CollectionReference) => Query, string]>([
  ['everything', (query) => query, 'abcdefgh'],
  ['==', (query) => query.where('n', '==', 3), 'ch'],
  ['== null', (query) => query.where('n', '==', null), 'e'],
  ['== NaN', (query) => query.where('n', '==', NaN), 'd'],
  ['== map', (query) => query.where('in', '==', { l: 0, k: 1 }), 'h'],
  ['nested field', (query) => query.where('in.k', '==', 1), 'ah'],
  ['!=', (query) => query.where('n', '!=', 3), 'dabf'],
  ['!= null', (query) => query.where('n', '!=', null), 'dabchf'],
  ['!= NaN', (query) => query.where('n', '!=', NaN), 'abchf'],
  ['<', (query) => query.where('s', '<', 'text'), 'c'],
  ['<=', (query) => query.where('s', '<=', 'text'), 'cb'],
  ['>', (query) => query.where('n', '>', 1), 'bch'],
  ['>= descending', (query) => query.where('n', '>=', 1).orderBy('n', 'desc'), 'hcba'],
  ['in', (query) => query.where('n', 'in', [1, '3', 7]), 'af'],
  ['not-in', (query) => query.where('n', 'not-in', [1, 3]), 'dbf'],
  ['array-contains', (query) => query.where('tags', 'array-contains', 'x'), 'a'],
  ['array-contains-any', (query) => query.where('tags', 'array-contains-any', ['x', 'y']), 'ab'],
  ['several', (query) => query.where('n', '>', 1).where('s', '==', 'tex'), 'c'],
  ['two inequalities', (query) => query.where('n', '>', 1).where('s', '>', 'a'), 'bc'],
  ['or', (query) => query.where(Filter.or(Filter.where('n', '==', 1), Filter.where('s', '==', 'tex'))), 'ac'],
  [
    'and in or',
    (query) =>
      query.where(
        Filter.or(
          Filter.and(Filter.where('n', '==', 3), Filter.where('s', '==', 'tex')),
          Filter.where('in.k', '==', 2),
        ),
      ),
    'cg',
  ],
  ['ordered, which drops what lacks the field', (query) => query.orderBy('n'), 'edabchf'],
  ['ordered by two', (query) => query.orderBy('n', 'desc').orderBy('in.k'), 'ha'],
  ['limit and offset', (query) => query.offset(2).limit(3), 'cde'],
  ['limitToLast', (query) => query.orderBy(FieldPath.documentId()).limitToLast(2), 'gh'],
  [
    'by id',
    (query) => query.where(FieldPath.documentId(), '>', 'b').where(FieldPath.documentId(), '<=', 'd'),
    'cd',
  ],
  ['one id', (query) => query.where(FieldPath.documentId(), '==', 'b'), 'b'],
  ['some ids', (query) => query.where(FieldPath.documentId(), 'in', ['h', 'b', 'z']), 'bh'],
  [
    'by id downwards',
    (query) => query.orderBy(FieldPath.documentId(), 'desc').startAfter('d').limit(2),
    'cb',
  ],
  ['ids between', (query) => query.orderBy(FieldPath.documentId()).startAt('c').endBefore('f'), 'cde'],
  [
    'ids behind and up to',
    (query) => query.orderBy(FieldPath.documentId()).startAfter('c').endAt('f'),
    'def',
  ],
  ['values between', (query) => query.orderBy('n').startAt(1).endBefore(3), 'ab'],
  ['values up to', (query) => query.orderBy('n').startAfter(1).endAt(3), 'bch'],
  ['values and id', (query) => query.orderBy('n').orderBy(FieldPath.documentId()).startAfter(3, 'c'), 'hf'],
])('%s', async (_name, build, expected) => {
  expect(await ids(build(cities))).toBe(expected);
});

test('a snapshot is a cursor', async () => {
  const start = await cities.doc('c').get();
  expect(await ids(cities.where('n', '>', 0).startAt(start))).toBe('ch');
  expect(await ids(cities.orderBy('n', 'desc').startAfter(start))).toBe('bade');
});

test('select answers with the chosen fields only', async () => {
  const found = await cities.where('in.k', '==', 1).select('in.k', 's').get();
  expect(found.docs.map((doc) => doc.data())).toEqual([{ in: { k: 1 } }, { in: { k: 1 } }]);
  expect((await cities.limit(1).select().get()).docs.map((doc) => doc.data())).toEqual([{}]);
});

test('an empty result still tells its time', async () => {
  const found = await db.collection('nothing').get();
  expect(found.empty).toBe(true);
  expect(found.readTime.toMillis()).toBeGreaterThan(0);
});

test('collection groups take all collections of a name, and only those', async () => {
  const paths = ['u/a/log/1', 'u/a/log/2', 'u/b/log/1', 'log/top', 'u/b/log/1/log/nested', 'u/b/logs/1'];
  await Promise.all(paths.map((path) => db.doc(path).set({ path })));
  const found = await db.collectionGroup('log').get();
  expect(found.docs.map((doc) => doc.ref.path)).toEqual([
    'log/top',
    'u/a/log/1',
    'u/a/log/2',
    'u/b/log/1',
    'u/b/log/1/log/nested',
  ]);
  const some = await db
    .collectionGroup('log')
    .orderBy(FieldPath.documentId())
    .startAfter('u/a/log/1')
    .limit(2)
    .get();
  expect(some.docs.map((doc) => doc.ref.path)).toEqual(['u/a/log/2', 'u/b/log/1']);
  expect((await db.collectionGroup('log').where('path', '>', 'u/b').get()).size).toBe(2);
  expect((await db.collectionGroup('log').count().get()).data().count).toBe(5);
});

test('partitions of a group together give the whole group', async () => {
  const batch = db.batch();
  for (let n = 0; n < 40; n += 1) batch.set(db.doc(`p/${n % 7}/parts/${n}`), { n });
  await batch.commit();
  const seen: string[] = [];
  let partitions = 0;
  for await (const partition of db.collectionGroup('parts').getPartitions(4)) {
    partitions += 1;
    seen.push(...(await partition.toQuery().get()).docs.map((doc) => doc.ref.path));
  }
  expect(partitions).toBe(4);
  expect(seen).toEqual((await db.collectionGroup('parts').get()).docs.map((doc) => doc.ref.path));
});

test('count, sum and average', async () => {
  const all = cities.where('n', '>=', 0);
  const aggregate = await all
    .aggregate({
      count: AggregateField.count(),
      sum: AggregateField.sum('n'),
      average: AggregateField.average('n'),
    })
    .get();
  expect(aggregate.data()).toEqual({ count: 4, sum: 9.5, average: 9.5 / 4 });
  expect((await cities.count().get()).data().count).toBe(8);
  expect((await cities.limit(3).count().get()).data().count).toBe(3);
  const none = cities.where('n', '>', 1000);
  const empty = await none
    .aggregate({ sum: AggregateField.sum('n'), average: AggregateField.average('n') })
    .get();
  expect(empty.data()).toEqual({ sum: 0, average: null });
});

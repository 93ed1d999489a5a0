import { FieldValue, Timestamp, type Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdminFirestore, type AdminFirestore } from '../test-support/open-admin-firestore.ts';

let admin: AdminFirestore;
let db: Firestore;

beforeAll(async () => {
  admin = await openAdminFirestore();
  db = admin.firestore;
});
afterAll(() => admin.close());

test('a batch is applied whole or not at all', async () => {
  const batch = db.batch();
  batch.set(db.doc('batch/a'), { n: 1 }).set(db.doc('batch/b'), { n: 2 }).update(db.doc('batch/a'), { n: 3 });
  const results = await batch.commit();
  expect(new Set(results.map((result) => result.writeTime.valueOf())).size).toBe(1);
  expect((await db.doc('batch/a').get()).get('n')).toBe(3);

  const failing = db.batch();
  failing.set(db.doc('batch/c'), { n: 1 }).create(db.doc('batch/b'), { n: 9 });
  await expect(failing.commit()).rejects.toMatchObject({ code: 6 });
  expect((await db.doc('batch/c').get()).exists).toBe(false);
});

test('a bulk writer tells of each write by itself', async () => {
  await db.doc('bulk/there').set({ n: 0 });
  const writer = db.bulkWriter();
  writer.onWriteError(() => false);
  const outcomes = [
    writer.create(db.doc('bulk/there'), { n: 1 }),
    writer.set(db.doc('bulk/new'), { n: 2 }),
    writer.update(db.doc('bulk/none'), { n: 3 }),
    writer.delete(db.doc('bulk/gone')),
  ];
  const settled = Promise.allSettled(outcomes);
  await writer.close();
  expect((await settled).map((one) => (one.status === 'fulfilled' ? 'ok' : one.reason.code))).toEqual([
    6,
    'ok',
    5,
    'ok',
  ]);
  expect((await db.doc('bulk/new').get()).get('n')).toBe(2);
});

test('transforms of numbers', async () => {
  const ref = db.doc('transforms/numbers');
  await ref.set({ whole: 1, broken: 1.5, text: 'x' });
  await ref.update({
    whole: FieldValue.increment(2),
    broken: FieldValue.increment(1),
    text: FieldValue.increment(5),
    'fresh.deep': FieldValue.increment(-1),
  });
  expect((await ref.get()).data()).toEqual({ whole: 3, broken: 2.5, text: 5, fresh: { deep: -1 } });
  await ref.update({ whole: FieldValue.increment(0.25) });
  expect((await ref.get()).get('whole')).toBe(3.25);
});

test('transforms of arrays keep order and drop doubles', async () => {
  const ref = db.doc('transforms/arrays');
  await ref.set({ a: [1, 'x', { k: 1 }], b: [1, 2, 1, NaN], c: 'no array' });
  await ref.update({
    a: FieldValue.arrayUnion('x', { k: 1 }, 2, 2, 1),
    b: FieldValue.arrayRemove(1, NaN),
    c: FieldValue.arrayUnion('y'),
    d: FieldValue.arrayRemove('z'),
  });
  expect((await ref.get()).data()).toEqual({ a: [1, 'x', { k: 1 }, 2], b: [2], c: ['y'], d: [] });
});

test('the server time is the time of the commit, the same for all its fields', async () => {
  const ref = db.doc('transforms/time');
  const { writeTime } = await ref.set({
    at: FieldValue.serverTimestamp(),
    in: { at: FieldValue.serverTimestamp() },
  });
  const at: unknown = (await ref.get()).get('at');
  expect((await ref.get()).get('in.at')).toEqual(at);
  expect(at).toEqual(Timestamp.fromMillis(writeTime.toMillis()));
});

test('a document over 1 MiB is refused, one just below is not', async () => {
  const ref = db.doc('sizes/x');
  await ref.set({ text: 'x'.repeat(1_048_400) });
  await expect(ref.set({ text: 'x'.repeat(1_048_576) })).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining('exceeds the maximum allowed size'),
  });
});

test('odd ids are kept as they are', async () => {
  const ids = [
    ' ',
    'a b',
    `it's "quoted"`,
    'a:b',
    '100%',
    '%2F',
    'ünï-🙂',
    'x'.repeat(600),
    'failed',
    'a_b',
    '\t',
    '\\',
    '`',
  ];
  const collection = db.collection("odd ids: 'of' 100%");
  await Promise.all(ids.map((id) => collection.doc(id).set({ id })));
  const found = await collection.get();
  expect(found.docs.map((doc) => doc.id)).toEqual(
    ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  for (const doc of found.docs) expect([doc.get('id'), (await doc.ref.get()).exists]).toEqual([doc.id, true]);
  expect((await collection.listDocuments()).map((ref) => ref.id)).toEqual(found.docs.map((doc) => doc.id));
});

test('recursiveDelete empties a tree and leaves its neighbours', async () => {
  await Promise.all(
    [
      'tree/a',
      'tree/a/below/b',
      'tree/missing/below/c/deeper/d',
      'tree2/x',
      'tre/x',
      'other/tree/tree/y',
    ].map((path) => db.doc(path).set({})),
  );
  await db.recursiveDelete(db.collection('tree'));
  expect(await db.collection('tree').listDocuments()).toEqual([]);
  expect((await db.doc('tree2/x').get()).exists).toBe(true);
  expect((await db.doc('tre/x').get()).exists).toBe(true);
  expect((await db.doc('other/tree/tree/y').get()).exists).toBe(true);
  await db.recursiveDelete(db.doc('other/tree'));
  expect((await db.doc('other/tree/tree/y').get()).exists).toBe(false);
});

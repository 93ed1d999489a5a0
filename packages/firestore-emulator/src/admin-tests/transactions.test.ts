import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdminFirestore, type AdminFirestore } from '../test-support/open-admin-firestore.ts';

let admin: AdminFirestore;
let db: Firestore;

beforeAll(async () => {
  admin = await openAdminFirestore();
  db = admin.firestore;
});
afterAll(() => admin.close());

test('two transactions on one document both count', async () => {
  const ref = db.doc('counters/one');
  const add = (): Promise<void> =>
    db.runTransaction(async (transaction) => {
      const snapshot = await transaction.get(ref);
      transaction.set(ref, { n: Number(snapshot.get('n') ?? 0) + 1 });
    });
  await Promise.all([add(), add()]);
  expect((await ref.get()).get('n')).toBe(2);
});

test('what changes under a transaction makes it run again', async () => {
  const ref = db.doc('counters/raced');
  await ref.set({ n: 1 });
  let attempts = 0;
  await db.runTransaction(async (transaction) => {
    attempts += 1;
    const n = Number((await transaction.get(ref)).get('n'));
    if (attempts === 1) await ref.set({ n: 10 });
    transaction.update(ref, { n: n + 1 });
  });
  expect([attempts, (await ref.get()).get('n')]).toEqual([2, 11]);
});

test('a query in a transaction notices a new document', async () => {
  const collection = db.collection('phantoms');
  let attempts = 0;
  await db.runTransaction(async (transaction) => {
    attempts += 1;
    const { size } = await transaction.get(collection);
    if (attempts === 1) await collection.doc('new').set({});
    transaction.set(db.doc('counters/phantoms'), { size });
  });
  expect([attempts, (await db.doc('counters/phantoms').get()).get('size')]).toEqual([2, 1]);
});

test('what a transaction throws takes back its writes', async () => {
  const failing = db.runTransaction(async (transaction) => {
    await transaction.get(db.doc('counters/none'));
    transaction.set(db.doc('counters/none'), {});
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect((await db.doc('counters/none').get()).exists).toBe(false);
});

test('a read-only transaction reads documents, queries and counts', async () => {
  await db.doc('reads/a').set({ n: 1 });
  const read = await db.runTransaction(
    async (transaction) => {
      const one = await transaction.get(db.doc('reads/a'));
      const all = await transaction.get(db.collection('reads'));
      const count = await transaction.get(db.collection('reads').count());
      return [one.get('n'), all.size, count.data().count];
    },
    { readOnly: true },
  );
  expect(read).toEqual([1, 1, 1]);
});

test('a read at a time is answered as long as nothing has changed since', async () => {
  await db.doc('reads/timed').set({ n: 1 });
  const { readTime } = await db.doc('reads/timed').get();
  const readAt = (): Promise<unknown> =>
    db.runTransaction(async (transaction) => (await transaction.get(db.collection('reads'))).size, {
      readOnly: true,
      readTime,
    });
  expect(await readAt()).toBeGreaterThan(0);
});

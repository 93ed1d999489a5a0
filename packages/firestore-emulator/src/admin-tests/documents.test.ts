import { FieldPath, FieldValue, GeoPoint, Timestamp, type Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdminFirestore, type AdminFirestore } from '../test-support/open-admin-firestore.ts';

let admin: AdminFirestore;
let db: Firestore;

beforeAll(async () => {
  admin = await openAdminFirestore();
  db = admin.firestore;
});
afterAll(() => admin.close());

test('a document of every kind of value reads back as it was set', async () => {
  const ref = db.doc('kinds/all');
  const data = {
    null: null,
    true: true,
    integer: 42,
    double: 1.5,
    nan: NaN,
    infinity: -Infinity,
    text: 'ünï 🙂',
    empty: '',
    bytes: Buffer.from([0, 255]),
    time: new Timestamp(1_700_000_000, 123_456_000),
    early: new Timestamp(-1, 999_999_000),
    place: new GeoPoint(-1.5, 179.25),
    ref: db.doc('other/place'),
    list: [1, 'a', { deep: [null] }],
    map: { a: { b: {} }, 'odd name': [] },
    vector: FieldValue.vector([1, 2.5]),
  };
  const { writeTime } = await ref.set(data);
  const snapshot = await ref.get();
  expect(snapshot.data()).toEqual({ ...data, vector: FieldValue.vector([1, 2.5]) });
  expect(snapshot.updateTime).toEqual(writeTime);
  expect(snapshot.createTime).toEqual(writeTime);
  expect(snapshot.readTime.toMillis()).toBeGreaterThanOrEqual(writeTime.toMillis());
});

test('timestamps are cut to microseconds', async () => {
  await db
    .doc('kinds/time')
    .set({ at: new Timestamp(5, 123_456_789), list: [{ at: new Timestamp(-5, 999) }] });
  expect((await db.doc('kinds/time').get()).data()).toEqual({
    at: new Timestamp(5, 123_456_000),
    list: [{ at: new Timestamp(-5, 0) }],
  });
});

test('update changes nested fields and deletes them, and needs the document', async () => {
  const ref = db.doc('updates/one');
  await expect(ref.update({ a: 1 })).rejects.toMatchObject({ code: 5 });
  await ref.set({ a: { b: 1, c: 2 }, d: 3, 'e.f': 4 });
  await ref.update({ 'a.b': 10, d: FieldValue.delete() });
  await ref.update(new FieldPath('e.f'), 40, 'g.h', 5);
  expect((await ref.get()).data()).toEqual({ a: { b: 10, c: 2 }, 'e.f': 40, g: { h: 5 } });
});

test('set merges when it is told to', async () => {
  const ref = db.doc('updates/merge');
  await ref.set({ a: { b: 1 } }, { merge: true });
  await ref.set({ a: { c: 2 }, d: 3 }, { merge: true });
  await ref.set({ a: { c: 9 }, d: 9 }, { mergeFields: ['d'] });
  expect((await ref.get()).data()).toEqual({ a: { b: 1, c: 2 }, d: 9 });
  await ref.set({ only: true });
  expect((await ref.get()).data()).toEqual({ only: true });
});

test('create refuses what exists, delete takes it away', async () => {
  const ref = db.doc('updates/create');
  await ref.create({ a: 1 });
  await expect(ref.create({ a: 2 })).rejects.toMatchObject({
    code: 6,
    message: expect.stringContaining('already exists'),
  });
  await ref.delete();
  expect((await ref.get()).exists).toBe(false);
  await ref.delete();
  await expect(ref.delete({ exists: true })).rejects.toMatchObject({ code: 5 });
});

test('a write with a stale update time is refused', async () => {
  const ref = db.doc('updates/versions');
  const first = await ref.set({ a: 1 });
  const second = await ref.update({ a: 2 }, { lastUpdateTime: first.writeTime });
  await expect(ref.update({ a: 3 }, { lastUpdateTime: first.writeTime })).rejects.toMatchObject({ code: 9 });
  await expect(ref.delete({ lastUpdateTime: first.writeTime })).rejects.toMatchObject({ code: 9 });
  await ref.delete({ lastUpdateTime: second.writeTime });
  await expect(ref.delete({ lastUpdateTime: second.writeTime })).rejects.toMatchObject({ code: 9 });
});

test('update times grow, except where nothing changed', async () => {
  const ref = db.doc('updates/times');
  const { writeTime } = await ref.set({ a: { x: 1, y: [{}] }, b: 1 });
  expect((await ref.set({ b: 1, a: { y: [{}], x: 1 } })).writeTime).toEqual(writeTime);
  const later = (await ref.set({ a: { x: 1, y: [{}] }, b: 2 })).writeTime;
  expect(later.valueOf() > writeTime.valueOf()).toBe(true);
  const snapshot = await ref.get();
  expect([snapshot.createTime, snapshot.updateTime]).toEqual([writeTime, later]);
});

test('getAll finds and misses, and takes a mask', async () => {
  await db.doc('many/a').set({ x: 1, y: { z: 2, w: 3 } });
  const [a, none] = await db.getAll(db.doc('many/a'), db.doc('many/none'), { fieldMask: ['y.z'] });
  expect(a?.data()).toEqual({ y: { z: 2 } });
  expect(none?.exists).toBe(false);
});

test('listDocuments lists missing documents too, listCollections what is below', async () => {
  await db.doc('users/real').set({});
  await db.doc('users/missing/journal/day').set({});
  await db.doc('users/missing/archive/year/month/m').set({});
  await db.doc('users/deep/a/b/c/d').set({});
  const refs = await db.collection('users').listDocuments();
  expect(refs.map((ref) => ref.id)).toEqual(['deep', 'missing', 'real']);
  expect((await db.collection('users').get()).docs.map((doc) => doc.id)).toEqual(['real']);
  const collections = await db.doc('users/missing').listCollections();
  expect(collections.map((collection) => collection.id)).toEqual(['archive', 'journal']);
  expect((await db.listCollections()).map((collection) => collection.id)).toContain('users');
});

test('listDocuments goes on over many pages', async () => {
  const writer = db.bulkWriter({ throttling: false });
  const written = Array.from({ length: 701 }, (_, n) => {
    const ref = db.doc(`paged/${String(n).padStart(4, '0')}/below/x`);
    return writer.set(ref, { n });
  });
  await writer.close();
  await Promise.all(written);
  const refs = await db.collection('paged').listDocuments();
  expect(refs.map((ref) => Number(ref.id))).toEqual(Array.from({ length: 701 }, (_, n) => n));
});

test('databases and projects are apart', async () => {
  await db.doc('apart/x').set({});
  const { initializeApp, deleteApp } = await import('firebase-admin/app');
  const { getFirestore } = await import('firebase-admin/firestore');
  const app = initializeApp({ projectId: admin.projectId }, 'other-database');
  const other = getFirestore(app, 'second');
  expect((await other.doc('apart/x').get()).exists).toBe(false);
  await other.terminate();
  await deleteApp(app);
});

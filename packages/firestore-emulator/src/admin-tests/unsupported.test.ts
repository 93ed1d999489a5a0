import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminFirestore, openAdminFirestore } from '../test-support/open-admin-firestore.ts';

let opened: AdminFirestore;
beforeAll(async () => {
  opened = await openAdminFirestore();
});
afterAll(() => opened.close());

const sentence =
  /This local Firestore stand-in does not support .+\. Google's own Firestore emulator does\.$/;

test('a listener is told that there are none', async () => {
  const failed = Promise.withResolvers<Error>();
  opened.firestore.collection('any').onSnapshot(() => failed.reject(new Error('a snapshot')), failed.resolve);
  expect((await failed.promise).message).toMatch(sentence);
});

test('a query for neighbours is refused, and not sent again', async () => {
  const distanceMeasure = 'COSINE' as const;
  const options = { vectorField: 'v', queryVector: [1], limit: 1, distanceMeasure };
  const refused = opened.firestore.collection('any').findNearest(options).get();
  await expect(refused).rejects.toMatchObject({ code: 12, message: expect.stringMatching(sentence) });
});

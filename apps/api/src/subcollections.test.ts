import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const wait = { headers: { Prefer: 'wait=50' } };

test('documents below entries, and days that are only parents of such, are warned of by dry run, run and verification', async () => {
  await using environment = await openTestEnvironment();
  const day = (user: string, date: string) =>
    environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  for (const user of ['ann', 'bob'])
    for (const date of ['1', '2', '3']) await day(user, date).set({ trades: [] });
  await day('ann', '2').collection('attachments').doc('chart').set({ png: true });
  await day('bob', '9').collection('notes').doc('n').set({ text: 'a day without an entry' });
  await day('cid', '1').collection('notes').doc('n').set({ text: 'a user without one' });
  const found = {
    sampledUsers: 3,
    sampledEntries: 6,
    entriesWithSubcollections: 1,
    parentsWithoutDocument: 2,
    examples: ['users/ann/trading-journal/2', 'users/bob/trading-journal/9', 'users/cid/trading-journal/1'],
    message: expect.stringMatching(
      /^1 of 6 sampled entries of 3 users has .*; 2 days .* Neither is migrated/,
    ),
  };
  for (const dryRun of [true, false]) {
    const run = await environment.call('POST /start', { ...wait, body: { dryRun } });
    expect(run.body).toMatchObject({
      state: 'completed',
      stats: { totalProcessed: 6 },
      subcollections: found,
    });
    const verification = dryRun ? null : { isValid: true, subcollections: found };
    expect(run.body).toMatchObject({ verification });
  }
  expect((await environment.call('GET /verify')).body).toMatchObject({
    isValid: true,
    subcollections: found,
  });
  const only = await environment.call('POST /start', { ...wait, body: { userIds: ['bob'] } });
  expect(only.body).toMatchObject({
    subcollections: {
      sampledUsers: 1,
      sampledEntries: 3,
      entriesWithSubcollections: 0,
      parentsWithoutDocument: 1,
    },
  });
});

test('many users and days are sampled, 100 entries of them, from first to last of what is listed', async () => {
  await using environment = await openTestEnvironment();
  const writer = environment.firestore.bulkWriter();
  for (let user = 0; user < 40; user += 1)
    for (let day = 0; day < 20; day += 1)
      void writer.set(environment.firestore.doc(`users/u${user}/trading-journal/${day}/files/f`), {
        size: day,
      });
  for (let user = 0; user < 40; user += 1)
    for (let day = 0; day < 20; day += 1)
      void writer.set(environment.firestore.doc(`users/u${user}/trading-journal/${day}`), { trades: [] });
  await writer.close();
  const { body } = await environment.call('POST /start', { ...wait, body: { dryRun: true } });
  expect(body).toMatchObject({
    subcollections: { sampledUsers: 20, sampledEntries: 100, entriesWithSubcollections: 100 },
  });
  expect(at(body, 'subcollections.examples')).toHaveLength(10);
});

test('without any it says so, and how much it looked at', async () => {
  await using environment = await openTestEnvironment();
  await plain(environment);
  const { body } = await environment.call('POST /start', wait);
  expect(body).toMatchObject({
    subcollections: { examples: [], message: 'No subcollections in 1 sampled entry of 1 user' },
  });
});

async function plain(environment: TestEnvironment): Promise<void> {
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [] });
}

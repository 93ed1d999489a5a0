import { expect, test } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';
import { fill } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };
const words = expect.stringMatching(/^No data found in Firestore at projects\/.*allowEmpty: true$/);
const refused = { status: 422, body: { code: 'NO_DATA', detail: words } };

test('a mistyped JOURNAL_COLLECTION is refused before the run, as are users that all have no entry', async () => {
  await using environment = await openTestEnvironment({
    workers: 0,
    env: { JOURNAL_COLLECTION: 'trading-journals' },
  });
  await fill(environment, 1);
  expect(await environment.call('POST /start')).toMatchObject(refused);
  expect(await environment.call('POST /start', { body: { dryRun: true } })).toMatchObject(refused);
  expect(at((await environment.call('GET /migrations')).body, 'migrations')).toEqual([]);

  await using users = await openTestEnvironment({ workers: 0 });
  await users.firestore.doc('users/ann').set({ name: 'Ann' });
  expect(await users.call('POST /start')).toMatchObject(refused);
});

test('an empty source may be migrated by who says so', async () => {
  await using environment = await openTestEnvironment();
  const { body } = await environment.call('POST /start', { ...wait, body: { allowEmpty: true } });
  expect(body).toMatchObject({
    state: 'completed',
    stats: { totalProcessed: 0 },
    verification: { isValid: true },
  });
});

test.each([{ dryRun: false }, { dryRun: true }, { dryRun: false, prune: true }])(
  'a run that meets no entry fails, also after a preflight that saw one: %o',
  async (options) => {
    await using environment = await openTestEnvironment();
    await fill(environment, 1);
    await environment.call('POST /start', wait);
    await environment.firestore.recursiveDelete(environment.firestore.collection('users'));
    await environment.firestore.doc('users/ann').set({ name: 'Ann' });
    // A journal below users that belongs to no user: only going through the users shows it.
    await environment.firestore.doc('users/ann/archive/2025/trading-journal/1').set({ trades: [] });
    const { body } = await environment.call('POST /start', { ...wait, body: options });
    expect(body).toMatchObject({ state: 'failed', stats: { totalProcessed: 0, users: { listed: 1 } } });
    const id = String(at(body, 'migrationId'));
    expect((await environment.call(`GET /migrations/${id}`)).body).toMatchObject({
      reason: expect.stringMatching(/^NO_DATA: No data found in Firestore at /),
      verification: null,
    });
    const { items } = await environment.context.target.scan({ segment: 0, totalSegments: 1 });
    expect(items).toHaveLength(8);
  },
);

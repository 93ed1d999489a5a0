import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };
const large = { trades: ['x'.repeat(450_000)] };
const small = { trades: [] };

interface Case {
  readonly what: string;
  /** By user and date. */
  readonly entries: readonly (readonly [user: string, date: string, fields: object])[];
  /** Users whose entries are migrated beforehand. */
  readonly before?: readonly string[];
  readonly prepare?: (environment: TestEnvironment) => Promise<void>;
  readonly userIds?: readonly string[];
  readonly failures: Readonly<Record<string, string>>;
}

const both: Case['entries'] = [
  ['a', 'b_c', small],
  ['a_b', 'c', small],
];

const cases: readonly Case[] = [
  { what: 'two of one run', entries: both, failures: { 'a_b/c': 'KEY_COLLISION' } },
  { what: 'one whose rival is not of the run', entries: both, userIds: ['a_b'], failures: {} },
  {
    what: 'given users in another order',
    entries: both,
    userIds: ['a_b', 'a'],
    failures: { 'a/b_c': 'KEY_COLLISION' },
  },
  {
    what: 'one that is there already',
    entries: both,
    before: ['a_b'],
    failures: { 'a/b_c': 'KEY_COLLISION' },
  },
  {
    what: 'one whose rival is there already, though not of the run',
    entries: both,
    before: ['a'],
    userIds: ['a_b'],
    failures: { 'a_b/c': 'KEY_COLLISION' },
  },
  {
    what: "a key that holds the application's item",
    entries: both,
    before: ['a'],
    prepare: (environment) =>
      change(environment, 'journal_a_b_c', (item) => (item['updatedAt'] = { S: 'later' })),
    failures: {},
  },
  {
    what: 'a first one that is too large',
    entries: [
      ['a', 'b_c', large],
      ['a_b', 'c', small],
    ],
    failures: { 'a/b_c': 'ITEM_TOO_LARGE' },
  },
  {
    what: 'a second one that is too large',
    entries: [
      ['a', 'b_c', small],
      ['a_b', 'c', large],
    ],
    failures: { 'a_b/c': 'ITEM_TOO_LARGE' },
  },
  {
    what: 'three, of which the first is too large',
    entries: [
      ['a', 'b_c_d', large],
      ['a_b', 'c_d', small],
      ['a_b_c', 'd', small],
    ],
    failures: { 'a/b_c_d': 'ITEM_TOO_LARGE', 'a_b_c/d': 'KEY_COLLISION' },
  },
  {
    what: 'a key that is too long for both',
    entries: [
      ['a', `b_${'c'.repeat(1_400)}_${'d'.repeat(90)}`, small],
      [`a_b_${'c'.repeat(1_400)}`, 'd'.repeat(90), small],
      ['a'.repeat(700), `b_${'c'.repeat(1_400)}`, small],
      [`${'a'.repeat(700)}_b`, 'c'.repeat(1_400), small],
    ],
    failures: {
      [`a_b_${'c'.repeat(1_400)}/${'d'.repeat(90)}`]: 'KEY_COLLISION',
      [`${'a'.repeat(700)}/b_${'c'.repeat(1_400)}`]: 'KEY_TOO_LONG',
      [`${'a'.repeat(700)}_b/${'c'.repeat(1_400)}`]: 'KEY_TOO_LONG',
    },
  },
  {
    what: 'ids that a rival can not have',
    entries: [
      ['a', '_._c', small],
      ['a__x', '_y', small],
    ],
    failures: {},
  },
];

test.each(cases)('a dry run predicts what the run then does: $what', async (one) => {
  await using environment = await openTestEnvironment({ env: { USER_CONCURRENCY: '1' } });
  for (const [user, date, fields] of one.entries)
    await environment.firestore.doc(`users/${user}/trading-journal/${date}`).set(fields);
  if (one.before !== undefined) await start(environment, { userIds: one.before });
  await one.prepare?.(environment);
  const userIds = one.userIds === undefined ? {} : { userIds: one.userIds };
  const dry = await start(environment, { ...userIds, dryRun: true });
  const run = await start(environment, userIds);
  expect(dry.failures).toEqual(one.failures);
  expect(run.failures).toEqual(one.failures);
  for (const name of ['totalProcessed', 'createdCount', 'repairedCount', 'skippedCount', 'conflictCount'])
    expect([name, at(dry.stats, name)]).toEqual([name, at(run.stats, name)]);
});

async function start(
  environment: TestEnvironment,
  body: object,
): Promise<{ stats: unknown; failures: Record<string, string> }> {
  const answer = await environment.call('POST /start', { ...wait, body: { ...body, verify: false } });
  expect(answer.status).toBe(200);
  const errors = at(answer.body, 'stats.errors') as { path: string; code: string }[];
  const failures = errors.map(({ path, code }) => {
    const [, user, , date] = path.split('/');
    return [`${user}/${date}`, code] as const;
  });
  return { stats: at(answer.body, 'stats'), failures: Object.fromEntries(failures) };
}

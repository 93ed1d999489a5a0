import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

const entryOf = (user: string) => `users/${user}/trading-journal/1`;
const wait = { headers: { Prefer: 'wait=60' } };

/** A run whose 400 failures are those of four users, one after another, with a conflict of each. */
async function failEntries({ context }: TestEnvironment): Promise<string> {
  const { ledger } = context;
  const request = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;
  const binding = await context.binding();
  const opened = await ledger.open(request, { now: new Date(), binding });
  if (!opened.opened) throw new Error('something runs');
  const { id } = opened.operation;
  for (const user of ['Ann', 'bob', 'hanna', 'carol']) {
    const task = `user:${user}`;
    const start = await ledger.startTask(id, task, { binding });
    if (!start.started) throw new Error(start.why);
    const issues = Array.from({ length: 100 }, (_, entry) => ({
      task,
      key: String(entry),
      code: entry === 0 ? 'KEY_TOO_LONG' : 'INVALID_ITEM',
      detail: { path: `users/${user}/trading-journal/${entry}`, message: '', attempts: 1 },
    }));
    const listed = [{ kind: 'conflict', key: 'saved' }] as const;
    const deltas = { failed: 100, conflicts: 1 };
    await ledger.commit(id, task, { epoch: start.epoch, state: 'failed', deltas, issues, listed });
  }
  return id;
}

/** All pages of a list, as a client reads them. */
async function pathsOf(environment: TestEnvironment, list: string, name: string): Promise<string[]> {
  const paths: string[] = [];
  let cursor = '';
  do {
    const { status, body } = await environment.call(`GET ${list}${cursor}`);
    expect(status).toBe(200);
    paths.push(...(at(body, name) as { path: string }[]).map(({ path }) => path));
    const next = at(body, 'nextCursor') as string | null;
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  return paths;
}

test('failures and listed entries are searched by a part of the user id, with a code too', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const run = `/migrations/${await failEntries(environment)}`;
  const failures = await pathsOf(environment, `${run}/failures?user=aNN`, 'failures');
  expect(failures).toHaveLength(200);
  expect(new Set(failures.map((path) => path.split('/')[1]))).toEqual(new Set(['Ann', 'hanna']));
  expect(await pathsOf(environment, `${run}/failures?user=ann&code=KEY_TOO_LONG`, 'failures')).toEqual([
    'users/Ann/trading-journal/0',
    'users/hanna/trading-journal/0',
  ]);
  expect((await environment.call(`GET ${run}/failures?user=hanna`)).body).toMatchObject({
    failures: { length: 100 },
    counts: { INVALID_ITEM: 396, KEY_TOO_LONG: 4 },
  });
  expect(await pathsOf(environment, `${run}/failures?user=nanny`, 'failures')).toEqual([]);
  expect(await pathsOf(environment, `${run}/entries?kind=conflict&user=ann`, 'entries')).toEqual([
    'users/Ann/trading-journal/saved',
    'users/hanna/trading-journal/saved',
  ]);
  expect((await environment.call(`GET ${run}/failures?user=`)).status).toBe(400);
});

test('issues of a verification and items of a rollback are searched by kind and user', async () => {
  await using environment = await openTestEnvironment();
  const entry = (user: string) => environment.firestore.doc(entryOf(user));
  for (const user of ['ann', 'bob', 'hanna']) await entry(user).set({ trades: [1] });
  await environment.call('POST /start', wait);
  await entry('ann').set({ trades: [2] });
  await entry('bob').set({ trades: [2] });
  await entry('hanna').delete();
  const { body } = await environment.call('GET /verify', wait);
  const verification = `/verifications/${String(at(body, 'verificationId'))}`;
  expect(await pathsOf(environment, `${verification}?code=unexpected`, 'issues')).toEqual([entryOf('hanna')]);
  expect(await pathsOf(environment, `${verification}?code=source-changed&user=AN`, 'issues')).toEqual([
    entryOf('ann'),
  ]);
  const rollback = `/rollbacks/${String(at((await environment.call('POST /rollback', wait)).body, 'rollbackId'))}`;
  expect((await pathsOf(environment, `${rollback}?code=deleted&user=an`, 'items')).toSorted()).toEqual([
    entryOf('ann'),
    entryOf('hanna'),
  ]);
  expect(await pathsOf(environment, `${rollback}?code=keptChanged`, 'items')).toEqual([]);
  expect((await environment.call(`GET ${rollback}?code=a%20b`)).status).toBe(400);
});

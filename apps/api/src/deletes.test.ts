import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Operation, OperationRequest, Target } from '@migrator/core';
import {
  AttemptWatcher,
  AdaptiveConcurrencyLimit,
  runTask,
  startOperation,
  type AttemptOptions,
  type TaskResult,
} from '@migrator/engine';
import { expect, test } from 'vitest';

import { openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change, fill } from './testing/table-items.ts';

const segment = 'segment:0/1';
const items = 8;
const rollback = { kind: 'rollback', dryRun: false } as const;
const prune = { kind: 'prune', dryRun: false, list: true, limit: items } as const;

/** Eight migrated items; one of them is the application's now. For a prune their entries are gone. */
async function openMigrated(request: OperationRequest): Promise<TestEnvironment> {
  const environment = await openTestEnvironment({ workers: 0, env: { WRITE_CONCURRENCY: '1' } });
  await fill(environment, 1.5);
  const worker = environment.addWorker();
  await environment.call('POST /start', { body: { verify: false }, headers: { Prefer: 'wait=50' } });
  await worker.stop();
  await change(environment, 'journal_bob_2', (item) => (item['updatedAt'] = { S: 'later' }));
  if (request.kind === 'prune') {
    for (const { ref } of (await environment.firestore.collectionGroup('trading-journal').get()).docs)
      await ref.delete();
  }
  return environment;
}

function attempt(
  environment: TestEnvironment,
  id: string,
  target: Partial<Target>,
  more: Partial<AttemptOptions> = {},
) {
  const { context } = environment;
  const wrapped = Object.assign(Object.create(context.target), target) as Target;
  // One that died must not keep the others' slot.
  const writeLimit = new AdaptiveConcurrencyLimit(1);
  return runTask({ ...context, target: wrapped, writeLimit }, id, segment, {
    signal: new AbortController().signal,
    watcher: new AttemptWatcher(context.ledger),
    lastAttempt: false,
    reopen: false,
    onProgress: () => undefined,
    onEvent: () => undefined,
    ...more,
  });
}

/** Deletes so many items, and then does something else instead or after it. */
function afterDeletes(
  environment: TestEnvironment,
  count: number,
  then: 'before' | 'after',
  act: () => Promise<never>,
) {
  let deletes = 0;
  const deleteOwned: Target['deleteOwned'] = async (...args) => {
    if (deletes >= count && then === 'before') return await act();
    deletes += 1;
    const result = await environment.context.target.deleteOwned(...args);
    return deletes > count ? await act() : result;
  };
  return { deleteOwned };
}

const dead = (): Promise<never> => new Promise<never>(() => undefined);

async function ended(
  environment: TestEnvironment,
  id: string,
): Promise<{ totals: Operation['totals']; listed: string[] }> {
  const { totals = {} } = (await environment.context.ledger.get(id)) ?? {};
  const { issues } = await environment.context.ledger.issues(id, { limit: 100 });
  return { totals, listed: issues.map(({ key, code }) => `${code} ${key}`).toSorted() };
}

const expected = {
  rollback: { totals: { scanned: 8, deleted: 7, keptChanged: 1 }, listed: ['keptChanged journal_bob_2'] },
  prune: {
    totals: { scanned: 8, owned: 7, intended: 7, deleted: 7 },
    listed: ['ann_1', 'ann_2', 'ann_3', 'ann_4', 'ann_5', 'bob_1', 'bob_3'].map(
      (name) => `pruned journal_${name}`,
    ),
  },
} as const;

for (const request of [rollback, prune]) {
  for (const then of ['before', 'after'] as const) {
    for (const count of [0, 3, 6]) {
      test(`a ${request.kind} that dies ${then} an answer, ${count} deletes after its start, is exact when it goes on`, async () => {
        await using environment = await openMigrated(request);
        const { id } = await startOperation(environment.context, request);
        const death = Promise.withResolvers<void>();
        const dying = afterDeletes(environment, count, then, async () => {
          death.resolve();
          return await dead();
        });
        void attempt(environment, id, dying);
        await death.promise;
        expect(await keys(environment)).toHaveLength(items - count - (then === 'after' ? 1 : 0));
        const again = await attempt(environment, id, {});
        expect(again).toMatchObject({ outcome: 'done' });
        expect(await ended(environment, id)).toMatchObject(expected[request.kind]);
        expect(await keys(environment)).toEqual(['journal_bob_2']);
      });
    }
  }

  test(`a ${request.kind} that is stopped within a page has told what it deleted, and goes on with the rest`, async () => {
    await using environment = await openMigrated(request);
    const { id } = await startOperation(environment.context, request);
    const stop = new AbortController();
    const stopping: Partial<Target> = {
      async deleteOwned(...args) {
        const result = await environment.context.target.deleteOwned(...args);
        if ((await keys(environment)).length === 5) stop.abort();
        return result;
      },
    };
    expect(await attempt(environment, id, stopping, { signal: stop.signal })).toEqual({
      outcome: 'handed-back',
    });
    expect(await keys(environment)).toHaveLength(5);
    expect(await ended(environment, id)).toMatchObject({ totals: { deleted: 3, scanned: 8 } });
    expect(await attempt(environment, id, {})).toMatchObject({ outcome: 'done' });
    expect(await ended(environment, id)).toMatchObject(expected[request.kind]);
  });

  test(`a ${request.kind} that fails within a page for good has told what it deleted`, async () => {
    await using environment = await openMigrated(request);
    const { id } = await startOperation(environment.context, request);
    const failing = afterDeletes(environment, 2, 'before', () => Promise.reject(new Error('broken')));
    const result: TaskResult = await attempt(environment, id, failing, { lastAttempt: true });
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(await keys(environment)).toHaveLength(6);
    expect(await ended(environment, id)).toMatchObject({ totals: { deleted: 2 } });
  });
}

test('a prune that goes on leaves an item whose entry has come back', async () => {
  await using environment = await openMigrated(prune);
  const { id } = await startOperation(environment.context, prune);
  const death = Promise.withResolvers<void>();
  const dying = afterDeletes(environment, 0, 'before', async () => {
    death.resolve();
    return await dead();
  });
  void attempt(environment, id, dying);
  await death.promise;
  await environment.firestore.doc('users/ann/trading-journal/4').set({ trades: [] });
  expect(await attempt(environment, id, {})).toMatchObject({ outcome: 'done' });
  expect(await ended(environment, id)).toMatchObject({ totals: { deleted: 6, kept: 1 } });
  expect(await keys(environment)).toEqual(['journal_ann_4', 'journal_bob_2']);
});

test('a prune never removes more than were counted before, even if more items have lost their entry since', async () => {
  await using environment = await openMigrated(prune);
  const { id } = await startOperation(environment.context, { ...prune, limit: 6 });
  expect(await attempt(environment, id, {})).toMatchObject({ outcome: 'done' });
  expect(await ended(environment, id)).toMatchObject({ totals: { intended: 7, beyond: 7 } });
  expect(await keys(environment)).toHaveLength(8);
});

async function keys(environment: TestEnvironment): Promise<string[]> {
  const { Items = [] } = await environment.dynamodb.send(
    new ScanCommand({ TableName: environment.table, ConsistentRead: true }),
  );
  return Items.map((item) => item['dateKey']?.S ?? '').toSorted();
}

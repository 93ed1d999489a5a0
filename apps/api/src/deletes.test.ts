import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Operation, OperationRequest, Target } from '@migrator/core';
import {
  AttemptWatcher,
  InFlightLimit,
  runUnit,
  startOperation,
  type UnitAttempt,
  type UnitResult,
} from '@migrator/engine';
import { expect, test } from 'vitest';

import { openStack, type Stack } from './testing/stack.ts';
import { change, fill } from './testing/table-items.ts';

const segment = 'slice:0/1';
const items = 8;
const rollback = { kind: 'rollback', dryRun: false } as const;
const prune = { kind: 'prune', dryRun: false, list: true, limit: items } as const;

/** Eight migrated items; one of them is the application's now. For a prune their entries are gone. */
async function openMigrated(request: OperationRequest): Promise<Stack> {
  const stack = await openStack({ workers: 0, env: { WRITE_CONCURRENCY: '1' } });
  await fill(stack, 1.5);
  const worker = stack.addWorker();
  await stack.call('POST /start', { body: { verify: false }, headers: { Prefer: 'wait=50' } });
  await worker.stop();
  await change(stack, 'journal_bob_2', (item) => (item['updatedAt'] = { S: 'later' }));
  if (request.kind === 'prune') {
    for (const { ref } of (await stack.firestore.collectionGroup('trading-journal').get()).docs)
      await ref.delete();
  }
  return stack;
}

function attempt(stack: Stack, id: string, target: Partial<Target>, more: Partial<UnitAttempt> = {}) {
  const { context } = stack;
  const wrapped = Object.assign(Object.create(context.target), target) as Target;
  // One that died must not keep the others' slot.
  const writeSlots = new InFlightLimit(1);
  return runUnit({ ...context, target: wrapped, writeSlots }, id, segment, {
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
function afterDeletes(stack: Stack, count: number, then: 'before' | 'after', act: () => Promise<never>) {
  let deletes = 0;
  const deleteOwned: Target['deleteOwned'] = async (...args) => {
    if (deletes >= count && then === 'before') return await act();
    deletes += 1;
    const result = await stack.context.target.deleteOwned(...args);
    return deletes > count ? await act() : result;
  };
  return { deleteOwned };
}

const dead = (): Promise<never> => new Promise<never>(() => undefined);

async function ended(stack: Stack, id: string): Promise<{ totals: Operation['totals']; listed: string[] }> {
  const { totals = {} } = (await stack.context.ledger.get(id)) ?? {};
  const { issues } = await stack.context.ledger.issues(id, { limit: 100 });
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
        await using stack = await openMigrated(request);
        const { id } = await startOperation(stack.context, request);
        const death = Promise.withResolvers<void>();
        const dying = afterDeletes(stack, count, then, async () => {
          death.resolve();
          return await dead();
        });
        void attempt(stack, id, dying);
        await death.promise;
        expect(await keys(stack)).toHaveLength(items - count - (then === 'after' ? 1 : 0));
        const again = await attempt(stack, id, {});
        expect(again).toMatchObject({ outcome: 'done' });
        expect(await ended(stack, id)).toMatchObject(expected[request.kind]);
        expect(await keys(stack)).toEqual(['journal_bob_2']);
      });
    }
  }

  test(`a ${request.kind} that is stopped within a page has told what it deleted, and goes on with the rest`, async () => {
    await using stack = await openMigrated(request);
    const { id } = await startOperation(stack.context, request);
    const stop = new AbortController();
    const stopping: Partial<Target> = {
      async deleteOwned(...args) {
        const result = await stack.context.target.deleteOwned(...args);
        if ((await keys(stack)).length === 5) stop.abort();
        return result;
      },
    };
    expect(await attempt(stack, id, stopping, { signal: stop.signal })).toEqual({ outcome: 'handed-back' });
    expect(await keys(stack)).toHaveLength(5);
    expect(await ended(stack, id)).toMatchObject({ totals: { deleted: 3, scanned: 8 } });
    expect(await attempt(stack, id, {})).toMatchObject({ outcome: 'done' });
    expect(await ended(stack, id)).toMatchObject(expected[request.kind]);
  });

  test(`a ${request.kind} that fails within a page for good has told what it deleted`, async () => {
    await using stack = await openMigrated(request);
    const { id } = await startOperation(stack.context, request);
    const failing = afterDeletes(stack, 2, 'before', () => Promise.reject(new Error('broken')));
    const result: UnitResult = await attempt(stack, id, failing, { lastAttempt: true });
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(await keys(stack)).toHaveLength(6);
    expect(await ended(stack, id)).toMatchObject({ totals: { deleted: 2 } });
  });
}

test('a prune that goes on leaves an item whose entry has come back', async () => {
  await using stack = await openMigrated(prune);
  const { id } = await startOperation(stack.context, prune);
  const death = Promise.withResolvers<void>();
  const dying = afterDeletes(stack, 0, 'before', async () => {
    death.resolve();
    return await dead();
  });
  void attempt(stack, id, dying);
  await death.promise;
  await stack.firestore.doc('users/ann/trading-journal/4').set({ trades: [] });
  expect(await attempt(stack, id, {})).toMatchObject({ outcome: 'done' });
  expect(await ended(stack, id)).toMatchObject({ totals: { deleted: 6, kept: 1 } });
  expect(await keys(stack)).toEqual(['journal_ann_4', 'journal_bob_2']);
});

test('a prune never removes more than were counted before, whatever has lost its entry since', async () => {
  await using stack = await openMigrated(prune);
  const { id } = await startOperation(stack.context, { ...prune, limit: 6 });
  expect(await attempt(stack, id, {})).toMatchObject({ outcome: 'done' });
  expect(await ended(stack, id)).toMatchObject({ totals: { intended: 7, beyond: 7 } });
  expect(await keys(stack)).toHaveLength(8);
});

async function keys(stack: Stack): Promise<string[]> {
  const { Items = [] } = await stack.dynamodb.send(
    new ScanCommand({ TableName: stack.table, ConsistentRead: true }),
  );
  return Items.map((item) => item['dateKey']?.S ?? '').toSorted();
}

import { expect, test } from 'vitest';
import type { Calls, FakeTable, Fakes } from '../processes/fakes.ts';
import { fakeServices, type Way } from './ways.ts';

function watching(way: Way, calls: Calls): Promise<void> {
  let answers: readonly Calls[] = [{ PutItem: 1_000, BatchWriteItem: 1_000 }, calls];
  const table: FakeTable = {
    endpoint: '',
    async takeCalls() {
      const [first = {}, ...rest] = answers;
      answers = rest;
      return first;
    },
  };
  const tables = { discarding: table, tls: table, keeping: table, 'without-statements': table };
  const fakes: Fakes = { firestoreHost: '', redisUrl: '', tables, async [Symbol.asyncDispose]() {} };
  const services = fakeServices(fakes, { name: 'a run', dataset: { projectId: 'demo' }, way });
  return services.watch(100, async () => undefined);
}

test.each([
  ['batches', { BatchExecuteStatement: 5 }],
  ['one-by-one', { BatchExecuteStatement: 1, PutItem: 100 }],
  ['unconditional', { BatchExecuteStatement: 1, BatchWriteItem: 4 }],
] as const)('a run that writes in its way, %s, passes with %j', async (way, calls) => {
  await expect(watching(way, calls)).resolves.toBeUndefined();
});

test.each([
  ['batches', { BatchExecuteStatement: 5, PutItem: 1 }],
  ['batches', { BatchExecuteStatement: 4 }],
  ['batches', { BatchWriteItem: 4 }],
  ['one-by-one', { BatchExecuteStatement: 5 }],
  ['unconditional', { BatchExecuteStatement: 5 }],
  ['unconditional', { BatchWriteItem: 4, PutItem: 1 }],
] as const)('a run that falls back from its way, %s, is refused with %j', async (way, calls) => {
  await expect(watching(way, calls)).rejects.toThrow(/a run: \d+ calls of/);
});

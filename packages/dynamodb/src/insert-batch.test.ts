import { encodeItem, migratedItem, oddIds } from '@migrator/devkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BufferPool } from './buffer-pool.ts';
import { insertBatchBody, outcomeOfStatement } from './insert-batch.ts';

const build = insertBatchBody('journals');
const statement = `INSERT INTO "journals" VALUE {'dateKey': ?, 'data': ?, 'updatedAt': ?}`;

test('the body has one INSERT for each item, with its three attributes as parameters', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...oddIds, '"},"data":', ',"updatedAt":', '\\', '"'),
  );
  const fixture = fc.record({
    userId: text,
    date: text,
    data: fc.dictionary(text, fc.record({ S: text })),
    migratedAt: fc.constantFrom('2026-06-01T00:00:00.000Z', 'odd "},"data": \\ ü'),
  });
  const pool = new BufferPool();
  fc.assert(
    fc.property(fc.array(fixture, { minLength: 1, maxLength: 25 }), (fixtures) => {
      const { body, memory } = build(fixtures.map(encodeItem), pool);
      const expected = {
        ReturnConsumedCapacity: 'TOTAL',
        Statements: fixtures.map((one) => {
          const { dateKey, data, updatedAt } = migratedItem(one);
          return { Statement: statement, Parameters: [dateKey, data, updatedAt] };
        }),
      };
      // As text: `toEqual` is slow where there are so many small objects.
      expect(JSON.stringify(JSON.parse(body.toString()))).toBe(JSON.stringify(expected));
      pool.giveBack(memory);
    }),
    { numRuns: 200 },
  );
});

test('an item that is written in another way is refused before anything is sent', () => {
  const item = encodeItem({ userId: 'ann', date: '1' });
  const json = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(item.json).toString()), null, 1));
  expect(() => build([{ ...item, json }], new BufferPool())).toThrow(TypeError);
});

test.each([
  [{}, 'created'],
  [{ Error: { Code: 'DuplicateItem' } }, 'not-created'],
  [{ Error: { Code: 'ConditionalCheckFailed' } }, 'not-created'],
  [{ Error: { Code: 'ValidationError' } }, 'not-created'],
  [{ Error: { Code: 'ItemCollectionSizeLimitExceeded' } }, 'not-created'],
  [{ Error: { Code: 'ResourceNotFound' } }, 'not-created'],
  [{ Error: { Code: 'of a later release' } }, 'not-created'],
  [{ Error: { Code: 'constructor' } }, 'not-created'],
  [{ Error: {} }, 'not-created'],
  [{ Error: { Code: 'ThrottlingError' } }, 'throttled'],
  [{ Error: { Code: 'ProvisionedThroughputExceeded' } }, 'throttled'],
  [{ Error: { Code: 'RequestLimitExceeded' } }, 'throttled'],
  [{ Error: { Code: 'TransactionConflict' } }, 'throttled'],
  [{ Error: { Code: 'InternalServerError' } }, 'unknown'],
  [undefined, 'unknown'],
  [{ Error: { Code: 'AccessDenied' } }, 'access-denied'],
] as const)('an answer %j to a statement means %s', (answer, outcome) => {
  expect(outcomeOfStatement(answer)).toBe(outcome);
});

import { expect, test } from 'vitest';
import { discarding, keeping, FakeException, withoutStatements } from './dynamodb-answers.ts';
import type { HttpRequest } from './http-requests.ts';

const updatedAt = { S: '2026-06-01T00:00:00.000Z' };

function inserts(...items: readonly (readonly [key: string, data?: object])[]): HttpRequest {
  const statement = `INSERT INTO "bench" VALUE {'dateKey': ?, 'data': ?, 'updatedAt': ?}`;
  const Statements = items.map(([key, data = {}]) => ({
    Statement: statement,
    Parameters: [{ S: key }, { M: data }, updatedAt],
  }));
  const body = Buffer.from(JSON.stringify({ ReturnConsumedCapacity: 'TOTAL', Statements }));
  return { action: 'BatchExecuteStatement', body };
}

const created = { TableName: 'bench' };
const units = [{ TableName: 'bench', CapacityUnits: expect.any(Number) }];

test('a table that discards answers each statement, also where items look like statements', () => {
  const misleading = { Statement: { S: '{"Statement":"' }, M: { M: { Statement: { S: '' } } } };
  const answer = JSON.parse(discarding(inserts(['a', misleading], ['b'], ['c'])));
  expect(answer).toEqual({ ConsumedCapacity: units, Responses: [created, created, created] });
});

test('a table that keeps creates an item only where none has its key, and says so for each statement', () => {
  const answers = keeping();
  answers(inserts(['taken', { of: { S: 'the first' } }]));
  const answer = JSON.parse(answers(inserts(['new'], ['taken', { of: { S: 'the second' } }], [''])));
  expect(answer).toEqual({
    ConsumedCapacity: units,
    Responses: [
      created,
      expect.objectContaining({ Error: expect.objectContaining({ Code: 'DuplicateItem' }) }),
      expect.objectContaining({ Error: expect.objectContaining({ Code: 'ValidationError' }) }),
    ],
  });
  const read = {
    RequestItems: { bench: { Keys: ['new', 'taken'].map((key) => ({ dateKey: { S: key } })) } },
  };
  const body = Buffer.from(JSON.stringify(read));
  expect(JSON.parse(answers({ action: 'BatchGetItem', body })).Responses.bench).toEqual([
    { dateKey: { S: 'new' }, data: { M: {} }, updatedAt },
    { dateKey: { S: 'taken' }, data: { M: { of: { S: 'the first' } } }, updatedAt },
  ]);
});

test('a service without statements refuses them and takes all else', () => {
  expect(() => withoutStatements(inserts(['a']))).toThrow(FakeException);
  expect(JSON.parse(withoutStatements({ action: 'PutItem', body: Buffer.from('{}') }))).toHaveProperty(
    'ConsumedCapacity',
  );
});

import { createRequire } from 'node:module';

import { beforeAll, expect, test } from 'vitest';

import { keepParsedConditions } from './dynalite-conditions.ts';

interface Validations {
  validateExpressions(this: void, data: object): string | undefined;
}

const { validateExpressions } = createRequire(import.meta.url)(
  'dynalite/validations/index.js',
) as Validations;

/** What dynalite makes of the condition of a request: a refusal, or a tree. */
function read(text: string, values: object, names: object = { '#a': 'a' }): unknown {
  const data = {
    ConditionExpression: text,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    _condition: undefined as unknown,
  };
  return validateExpressions(data) ?? structuredClone(data._condition);
}

const requests = [
  ['#a = :v', { ':v': { S: 'one' } }],
  ['#a = :v', { ':v': { S: 'two' } }],
  ['#a = :v', { ':v': { N: '3' } }],
  ['#a = :v', { ':v': { S: 'one' } }, { '#a': 'b' }],
  ['#a = :v', { ':v': { S: 'one' }, ':w': { S: 'unused' } }],
  ['#a = :v', { ':w': { S: 'another name' } }],
  ['begins_with(#a, :v)', { ':v': { S: 'x' } }],
  ['begins_with(#a, :v)', { ':v': { N: '1' } }],
  ['#a BETWEEN :v AND :w', { ':v': { N: '1' }, ':w': { N: '2' } }],
  ['#a BETWEEN :v AND :w', { ':v': { N: '2' }, ':w': { N: '1' } }],
  ['attribute_not_exists(b) OR (#a.c = :v AND #a.d <= :w)', { ':v': { S: 'x' }, ':w': { S: 'y' } }],
  ['attribute_not_exists(b) OR (#a.c = :v AND #a.d <= :w)', { ':v': { S: 'y' }, ':w': { S: 'x' } }],
  ['#a = = :v', { ':v': { S: 'one' } }],
] as const;

let plain: unknown[];
beforeAll(() => {
  plain = requests.map(([text, values, names]) => read(text, values, names));
  keepParsedConditions();
});

test('what is kept gives the trees and the refusals that parsing again gives', () => {
  for (let round = 1; round <= 3; round++) {
    expect(requests.map(([text, values, names]) => read(text, values, names))).toEqual(plain);
  }
  expect(plain.filter((one) => typeof one === 'string')).toHaveLength(5);
});

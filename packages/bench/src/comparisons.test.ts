import { expect, test } from 'vitest';
import { compare, comparison } from './comparisons.ts';

test('a round is compared by the figures that it has', () => {
  const comparisons = [
    comparison('ratio', 'a / b'),
    comparison('difference', 'a - b'),
    comparison('missing', 'a / c'),
  ];
  expect(compare({ a: 6, b: 3 }, comparisons)).toEqual({ ratio: 2, difference: 3 });
});

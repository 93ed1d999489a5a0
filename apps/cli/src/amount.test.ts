import { expect, it } from 'vitest';

import { duration, rate } from './amount.ts';

it.each([
  [0, '0 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, says) => {
  expect(duration(seconds)).toBe(says);
});

it.each([
  [0.4, '0.4 a second'],
  [9, '9 a second'],
  [1_234.4, '1,234 a second'],
])('a rate of %d is %s', (perSecond, says) => {
  expect(rate(perSecond)).toBe(says);
});

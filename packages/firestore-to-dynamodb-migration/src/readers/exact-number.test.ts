import { NumberValue } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exactNumber } from './exact-number.ts';

test.each([
  ['0', 0],
  ['-0', 0],
  ['1.50', 1.5],
  ['1e2', 100],
  ['-1.5E-7', -1.5e-7],
  ['0.30000000000000004', 0.30000000000000004],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992n],
  ['-9223372036854775808', -9223372036854775808n],
  ['1e+21', 10n ** 21n],
  ['100000000000000000000', 10n ** 20n],
  ['12345678901234567890.5', NumberValue.from('12345678901234567890.5')],
  ['0.1234567890123456789012345678901234567', NumberValue.from('0.1234567890123456789012345678901234567')],
])('%s', (text, value) => {
  expect(exactNumber(text)).toEqual(value);
});

test('a double comes back as itself, in any notation', () => {
  const stored = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e125, max: 1e125 });
  fc.assert(
    fc.property(stored, fc.boolean(), (double, exponential) => {
      const value = exactNumber(exponential ? double.toExponential() : String(double));
      const isLarge = Number.isInteger(double) && !Number.isSafeInteger(double);
      expect(typeof value).toBe(isLarge ? 'bigint' : 'number');
      expect(Number(value)).toBe(double === 0 ? 0 : double);
    }),
  );
});

test('an integer comes back as itself, of any size', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
      const value = exactNumber(String(integer));
      expect(typeof value).toBe(Number.isSafeInteger(Number(integer)) ? 'number' : 'bigint');
      expect(String(value)).toBe(String(integer));
    }),
  );
});

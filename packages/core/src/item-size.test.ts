import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { numberTextSize, storedItemSize } from './item-size.ts';
import type { StoredAttribute } from './ports/target.ts';
import { runs } from './testing/runs.ts';

/** Each measured: how much less text fits beside it into an item of 400 KB of DynamoDB Local 1.25.1. */
const measured: readonly (readonly [StoredAttribute, number])[] = [
  [{ S: '' }, 0],
  [{ S: 'x' }, 1],
  [{ S: 'é' }, 2],
  [{ S: '😀' }, 4],
  [{ B: 'AAAA' }, 3],
  [{ B: 'AA==' }, 1],
  [{ NULL: true }, 1],
  [{ BOOL: false }, 1],
  [{ L: [] }, 3],
  [{ M: {} }, 3],
  [{ L: [{ S: 'x' }] }, 5],
  [{ L: [{ L: [] }] }, 7],
  [{ M: { a: { S: 'x' } } }, 6],
  [{ M: { é: { S: 'x' } } }, 7],
  [{ SS: ['a', 'bc'] }, 3],
  [{ NS: ['1', '22'] }, 4],
];

const measuredNumbers: readonly (readonly [size: number, texts: string])[] = [
  [1, '0 -0 0.0'],
  [2, '1 9 10 12 99 100 1000 100000 1e20 1e21 12e20 1e125 1e-130'],
  [2, '0.1 0.01 0.12 0.001 1e-7 1.5e-7'],
  [3, '123 1234 1010 10100 1.5 1.50 12.5 12.34 0.123 0.0123 000123'],
  [3, '-1 -12 -0.1'],
  [4, '12345 123456 100001 123.4 123.45 1234.5 100.5 -123'],
  [6, '10000000.01'],
  [9, '9007199254740993'],
  [10, '0.30000000000000004 1.7976931348623157e125'],
  [11, '-1.7976931348623157e-125'],
  [20, '12345678901234567890123456789012345678 0.12345678901234567890123456789012345678'],
  [21, '1.2345678901234567890123456789012345678 0.012345678901234567890123456789012345678'],
  [21, '-12345678901234567890123456789012345678 -1.2345678901234567890123456789012345678'],
];

describe('the size of an attribute is what DynamoDB Local counts', () => {
  test.each(measured)('%j: %i', (attribute, size) => {
    expect(storedItemSize({ name: attribute })).toBe('name'.length + size);
  });

  test.each(measuredNumbers)('%i: %s', (size, texts) => {
    for (const text of texts.split(' ')) expect([text, numberTextSize(text)]).toStrictEqual([text, size]);
  });
});

describe('the size of a number', () => {
  const decimal = fc.record({
    negative: fc.boolean(),
    digits: fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }),
    exponent: fc.integer({ min: -60, max: 60 }),
  });

  it('is a byte, and one for each pair of digits between its outer ones, and one for a minus', () => {
    fc.assert(
      fc.property(decimal, ({ negative, digits, exponent }) => {
        const text = `${negative ? '-' : ''}${digits}e${exponent}`;
        // An even number of decimals, so that the pairs of this whole number begin at the point.
        const whole = `${digits}${'0'.repeat(exponent + 60)}`;
        const pairs = whole.padStart(whole.length + (whole.length % 2), '0').match(/../g) ?? [];
        const outer = pairs
          .join(' ')
          .replace(/^(00 ?)+/, '')
          .replace(/( ?00)+$/, '')
          .split(' ');
        const expected = digits === 0n ? 1 : Math.min(21, 1 + outer.length + (negative ? 1 : 0));
        expect(numberTextSize(text)).toBe(expected);
      }),
      runs(1),
    );
  });

  it('is the same however the number is written', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 40 }), ({ negative, digits, exponent }, decimals) => {
        const sign = negative ? '-' : '';
        const all = String(digits).padStart(decimals + 1, '0');
        const at = all.length - decimals;
        const other = `${sign}00${all.slice(0, at)}.${all.slice(at)}00E+${exponent + decimals}`;
        expect(numberTextSize(other.replace('+-', '-'))).toBe(numberTextSize(`${sign}${digits}e${exponent}`));
      }),
      runs(1),
    );
  });
});

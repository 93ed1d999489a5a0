import { withoutTrailingZeros } from '@migrator/core';
import { NumberValue } from '@aws-sdk/lib-dynamodb';

/**
 * A number of DynamoDB without losing a digit. An integer is a number up to 2^53 - 1, and a bigint beyond. Any other is
 * a number if the double prints as the same decimal, else the document client's NumberValue. All three are written back
 * as the same number. (Migrated doubles of Firestore are always numbers.)
 */
export function exactNumber(text: string): number | bigint | NumberValue {
  const double = Number(text);
  const isExact = !Number.isInteger(double) || Number.isSafeInteger(double);
  if (isExact && String(double) === text) return double;
  const decimal = decimalOf(text);
  if (decimal.exponent >= 0) {
    const integer = BigInt(decimal.sign + decimal.digits) * 10n ** BigInt(decimal.exponent);
    return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
  }
  return isSame(decimalOf(String(double)), decimal) ? double : NumberValue.from(text);
}

interface Decimal {
  readonly sign: '' | '-';
  /** Without leading and trailing zeros, except for zero itself. */
  readonly digits: string;
  readonly exponent: number;
}

function decimalOf(text: string): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = withoutTrailingZeros(all);
  if (digits === '') return { sign: '', digits: '0', exponent: 0 };
  return {
    sign: sign === '-' ? '-' : '',
    digits,
    exponent: Number(exponent) - fraction.length + all.length - digits.length,
  };
}

function isSame(one: Decimal, other: Decimal): boolean {
  return one.sign === other.sign && one.digits === other.digits && one.exponent === other.exponent;
}

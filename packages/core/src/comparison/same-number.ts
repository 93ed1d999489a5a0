import { withoutTrailingZeros } from '../values/trailing-zeros.ts';

/** Whether a stored N is the very number that `expected` spells, however either is written: 1e21, 1E+21, 1.50. */
export function sameNumber(expected: string, stored: string): boolean {
  if (expected === stored) return true;
  const decimal = normalDecimal(stored);
  return decimal !== undefined && decimal === normalDecimal(expected);
}

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Sign, significant digits and exponent of ten in the one way that tells equal values equal; undefined if no decimal. */
function normalDecimal(text: string): string | undefined {
  const match = decimalText.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

import type { MappingPass } from './mapping-pass.ts';
import { numberSize } from '../item-size.ts';

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const LOWER_E = 0x65;

/** DynamoDB's numbers: 0, and magnitudes of 1e-130 up to below 1e126. */
export function fitsDynamoNumber(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude < 1e126 && (magnitude >= 1e-130 || magnitude === 0);
}

/** Every digit of an integer, counted into the item's size. */
export function putInteger(pass: MappingPass, value: number | bigint): void {
  if (typeof value === 'bigint') putNumberText(pass, String(value));
  else putDecimal(pass, value, 0);
}

/** The shortest decimal that reads back as the same double, counted into the item's size. -0 is 0. */
export function putDouble(pass: MappingPass, value: number): void {
  const magnitude = Math.abs(value);
  if (magnitude < 1e13) {
    // Amounts have two decimals or none. A decimal of at most 15 digits that divides back to the very double is its
    // shortest one: no two such decimals share a double.
    const hundredths = Math.round(value * 100);
    if (hundredths / 100 === value) {
      putHundredths(pass, hundredths);
      return;
    }
  }
  putNumberText(pass, String(value));
}

function putHundredths(pass: MappingPass, hundredths: number): void {
  if (hundredths % 100 === 0) putDecimal(pass, hundredths / 100, 0);
  else if (hundredths % 10 === 0) putDecimal(pass, hundredths / 10, 1);
  else putDecimal(pass, hundredths, 2);
}

/** Writes `digits` / 10^`decimals`; `digits` is a safe integer, `decimals` 0, 1 or 2. */
function putDecimal(pass: MappingPass, digits: number, decimals: number): void {
  const { bytes } = pass;
  const negative = digits < 0;
  let rest = negative ? -digits : digits;
  let count = decimals + 1;
  for (let bound = decimals === 0 ? 10 : decimals === 1 ? 100 : 1000; rest >= bound; bound *= 10) count++;
  if (negative) bytes[pass.at++] = MINUS;
  const end = pass.at + count + (decimals > 0 ? 1 : 0);
  let at = end;
  let left = decimals;
  // Beyond 31 bits the division is one of doubles; it stays exact below 2^53.
  while (rest > 0x7fff_ffff) {
    const tenth = Math.floor(rest / 10);
    bytes[--at] = ZERO + (rest - tenth * 10);
    rest = tenth;
    if (--left === 0) bytes[--at] = POINT;
  }
  let small = rest | 0;
  while (at > pass.at) {
    const tenth = (small / 10) | 0;
    bytes[--at] = ZERO + (small - tenth * 10);
    small = tenth;
    if (--left === 0) bytes[--at] = POINT;
  }
  pass.at = end;
  pass.size += numberSize(count, negative);
}

function putNumberText(pass: MappingPass, text: string): void {
  const { bytes } = pass;
  let at = pass.at;
  let digits = 0;
  let exponent = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LOWER_E) exponent = true;
    else if (code >= ZERO && !exponent && (digits > 0 || code > ZERO)) digits++;
    bytes[at++] = code;
  }
  pass.at = at;
  pass.size += numberSize(digits, text.charCodeAt(0) === MINUS);
}

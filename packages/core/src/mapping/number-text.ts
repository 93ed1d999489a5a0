import type { ItemEncoder } from './item-encoder.ts';
import { decimalSize, numberSize } from '../item-size.ts';

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const LOWER_E = 0x65;

/** Whether DynamoDB has a number for it: 0, or a magnitude from 1e-130 to below 1e126. */
export function fitsDynamoNumber(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude < 1e126 && (magnitude >= 1e-130 || magnitude === 0);
}

/** The digits of 0 to 99 in pairs, as words of two bytes. */
const pairs = Uint16Array.from(
  { length: 100 },
  (_, number) => (ZERO + Math.floor(number / 10)) | ((ZERO + (number % 10)) << 8),
);

/** Writes an integer with all digits, and adds its size. */
export function putInteger(pass: ItemEncoder, value: number | bigint): void {
  if (typeof value === 'bigint') {
    putNumberText(pass, String(value));
    return;
  }
  const small = value | 0;
  if (small === value && small > lowest) putDecimal(pass, small, 0);
  else putNumberText(pass, String(value));
}

/** Writes the shortest decimal that reads back as the same double, and adds its size. -0 is 0. */
export function putDouble(pass: ItemEncoder, value: number): void {
  // Amounts have two decimals or none. A decimal of at most 15 digits that divides back to the same double is its
  // shortest one: no two such decimals give the same double.
  const hundredths = Math.round(value * 100);
  const small = hundredths | 0;
  if (small === hundredths && small > lowest && small / 100 === value) {
    const whole = (small / 100) | 0;
    const rest = small - whole * 100;
    const tenth = (rest / 10) | 0;
    if (rest === 0) putDecimal(pass, whole, 0);
    else if (rest === tenth * 10) putDecimal(pass, whole * 10 + tenth, 1);
    else putDecimal(pass, small, 2);
    return;
  }
  // Of -0 the text is 0, too.
  putNumberText(pass, String(value));
}

/** Of 32 bits, the one integer without a counterpart of the other sign. */
const lowest = -0x8000_0000;

/** Writes `digits` / 10^`decimals`; `digits` has 32 bits, `decimals` is 0, 1 or 2. */
function putDecimal(pass: ItemEncoder, digits: number, decimals: number): void {
  const { bytes, view } = pass;
  const negative = digits < 0;
  let rest = negative ? -digits : digits;
  const length = lengthOf(rest);
  const count = Math.max(length, decimals + 1);
  const storedPairs = ((length + (decimals === 1 ? 2 : 1)) >> 1) - (decimals === 0 ? zeroPairs(rest) : 0);
  pass.size += numberSize(storedPairs, negative);
  let at = pass.at;
  if (negative) bytes[at++] = MINUS;
  const from = at;
  at += count;
  if (decimals > 0) {
    at++;
    const unit = decimals === 1 ? 10 : 100;
    const whole = (rest / unit) | 0;
    const part = rest - whole * unit;
    if (decimals === 1) bytes[at - 1] = ZERO + part;
    else view.setUint16(at - 2, pairs[part]!, true);
    bytes[at - 1 - decimals] = POINT;
    rest = whole;
  }
  pass.at = at;
  at = decimals > 0 ? at - 1 - decimals : at;
  while (rest >= 100) {
    const hundredth = (rest / 100) | 0;
    at -= 2;
    view.setUint16(at, pairs[rest - hundredth * 100]!, true);
    rest = hundredth;
  }
  if (at - from === 1) bytes[from] = ZERO + rest;
  else view.setUint16(from, pairs[rest]!, true);
}

/** Pairs of zeros at the end of a whole number; the one digit of 0 is one. */
function zeroPairs(value: number): number {
  if (value === 0) return 1;
  let count = 0;
  for (let rest = value; rest % 100 === 0; rest = (rest / 100) | 0) count++;
  return count;
}

/** How many digits a number below 2^31 has. */
function lengthOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

function putNumberText(pass: ItemEncoder, text: string): void {
  const { bytes } = pass;
  let at = pass.at;
  let point = -1;
  let end = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === POINT) point = i;
    else if (code === LOWER_E) end = i;
    bytes[at++] = code;
  }
  pass.at = at;
  pass.size += decimalSize(text, point === -1 ? end : point, end);
}

import { type ItemText, QUOTE } from './item-text.ts';

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
/** So many digits of a decimal are the same double's there and back: what reads as this double is this double's decimal. */
const safeDigits = 15;
/** So many always have room in 31 bits, whose arithmetic is the quickest. */
const smallDigits = 9;
const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, power) => 10 ** power);

/** Behind the number at `at` and the quote that ends it, if it is this whole number; -1 for any other way to write one. */
export function behindInteger(text: ItemText, start: number, value: number): number {
  const { json } = text;
  let at = start;
  const negative = json[at] === MINUS;
  if (negative) at++;
  const from = at;
  let digits = 0;
  for (; at < json.length; at++) {
    const digit = json[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    digits = digits * 10 + digit;
  }
  if (at === from || at - from > safeDigits || json[at] !== QUOTE) return -1;
  return (negative ? -digits : digits) === value ? at + 1 : -1;
}

/** Likewise for the shortest decimal of a double. */
export function behindDouble(text: ItemText, start: number, value: number): number {
  const { json } = text;
  let at = start;
  const negative = json[at] === MINUS;
  if (negative) at++;
  const from = at;
  let point = -1;
  let digits = 0;
  // Behind so many digits and a point it is no small number.
  const limit = from + smallDigits + 1;
  for (; at <= limit; at++) {
    const byte = json[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) digits = (digits * 10 + digit) | 0;
    else if (byte === POINT && point === -1) point = at;
    else break;
  }
  const count = at - from - (point === -1 ? 0 : 1);
  if (json[at] !== QUOTE || count > smallDigits) return behindLongDouble(text, start, value);
  const decimals = point === -1 ? 0 : at - point - 1;
  // A digit on both sides of the point, as a number has it.
  if (count === 0 || point === from || (point !== -1 && decimals === 0)) return -1;
  // Both are exact, so the quotient is the double nearest to the decimal.
  const magnitude = digits / powersOfTen[decimals]!;
  return (negative ? -magnitude : magnitude) === value ? at + 1 : -1;
}

/** Of more digits than a small number has, or written with an exponent. */
function behindLongDouble(text: ItemText, start: number, value: number): number {
  const { json } = text;
  let at = start;
  const negative = json[at] === MINUS;
  if (negative) at++;
  const from = at;
  let point = -1;
  let digits = 0;
  for (; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === POINT && point === -1) {
      point = at;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) break;
    digits = digits * 10 + digit;
  }
  const count = at - from - (point === -1 ? 0 : 1);
  if (json[at] !== QUOTE || count > safeDigits) return behindShortest(json, start, value);
  const decimals = point === -1 ? 0 : at - point - 1;
  if (count === 0 || point === from || (point !== -1 && decimals === 0)) return -1;
  const magnitude = digits / powersOfTen[decimals]!;
  return (negative ? -magnitude : magnitude) === value ? at + 1 : -1;
}

/** Of 16 or 17 digits, which have to be just those that the double is written with. */
function behindShortest(json: Uint8Array, start: number, value: number): number {
  const decimal = String(value);
  for (let i = 0; i < decimal.length; i++) if (json[start + i] !== decimal.charCodeAt(i)) return -1;
  const end = start + decimal.length;
  return json[end] === QUOTE ? end + 1 : -1;
}

import { type ItemText, QUOTE } from './item-text.ts';

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
/** Decimals of up to 15 digits survive the round trip through a double. */
const safeDigits = 15;
/** Up to this many digits always fit into 31 bits, for fast integer arithmetic. */
const smallDigits = 9;
const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, power) => 10 ** power);

/** The offset after the number at `start` and its closing quote, if it is this integer; -1: not decided. */
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

/** The same for the shortest decimal of a double. */
export function behindDouble(text: ItemText, start: number, value: number): number {
  const { json } = text;
  let at = start;
  const negative = json[at] === MINUS;
  if (negative) at++;
  const from = at;
  let point = -1;
  let digits = 0;
  // The digits and the point of a small number fit up to here.
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
  // A number has a digit on both sides of the point.
  if (count === 0 || point === from || (point !== -1 && decimals === 0)) return -1;
  // Both are exact, so the quotient is the double nearest to the decimal.
  const magnitude = digits / powersOfTen[decimals]!;
  return (negative ? -magnitude : magnitude) === value ? at + 1 : -1;
}

/** The same for a number with more digits, or with an exponent. */
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

/** The same for 16 or 17 digits, which have to equal those of the double's shortest form. */
function behindShortest(json: Uint8Array, start: number, value: number): number {
  const decimal = String(value);
  for (let i = 0; i < decimal.length; i++) if (json[start + i] !== decimal.charCodeAt(i)) return -1;
  const end = start + decimal.length;
  return json[end] === QUOTE ? end + 1 : -1;
}

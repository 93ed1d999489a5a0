import { type ItemText, QUOTE } from './item-text.ts';

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
/** So many digits of a decimal are the same double's there and back: what reads as this double is this double's decimal. */
const safeDigits = 15;
const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, power) => 10 ** power);

/** Goes past the number and the quote behind it if it is this whole number; false for any other way to write one. */
export function takesInteger(text: ItemText, value: number): boolean {
  const { json } = text;
  let { at } = text;
  const negative = json[at] === MINUS;
  if (negative) at++;
  const from = at;
  let digits = 0;
  for (; at < json.length; at++) {
    const digit = json[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    digits = digits * 10 + digit;
  }
  if (at === from || at - from > safeDigits || json[at] !== QUOTE) return false;
  text.at = at + 1;
  return (negative ? -digits : digits) === value;
}

/** Likewise for the shortest decimal of a double. */
export function takesDouble(text: ItemText, value: number): boolean {
  const { json } = text;
  let { at } = text;
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
  if (json[at] !== QUOTE || count > safeDigits)
    return text.takesAll(Buffer.from(String(value))) && text.takes(QUOTE);
  const decimals = point === -1 ? 0 : at - point - 1;
  // A digit on both sides of the point, as a number has it.
  if (count === 0 || point === from || (point !== -1 && decimals === 0)) return false;
  text.at = at + 1;
  // Both are exact, so the quotient is the double nearest to the decimal.
  const magnitude = digits / powersOfTen[decimals]!;
  return (negative ? -magnitude : magnitude) === value;
}

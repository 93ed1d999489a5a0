import type { StoredAttribute, StoredItem } from './ports/target.ts';

/**
 * Bytes of an item as DynamoDB counts them. The rules are those of the documentation. For numbers, where it says
 * "approximately", they were measured at the limit of 400 KB on Amazon's DynamoDB Local.
 *
 * - a name counts its UTF-8 bytes, at the top and inside maps
 * - text counts its UTF-8 bytes, binary its raw bytes, null and boolean one, a number 1 to 21 (`numberSize`)
 * - a list or map counts three, and one more for each element
 */

/** 400 KB: DynamoDB's limit for one item. */
export const maxItemBytes = 409_600;

/** Write units for an item of this size: one for each started KB, at least one. */
export function writeUnitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1_024));
}

/** Write units for all of these items together, each written on its own or in a batch. */
export function writeUnitsOfAll(items: readonly { readonly size: number }[]): number {
  return sum(items, ({ size }) => writeUnitsOf(size));
}

export const containerSize = 3;
export const elementSize = 1;
/** A null or a boolean. */
export const flagSize = 1;

const mostNumberBytes = 21;

/**
 * DynamoDB stores a number in base 100: one byte for the exponent, one for each pair of digits, one for a minus. Pairs
 * begin at the decimal point, and those at both ends that are zero are left out. `pairs`: 0 for the number 0.
 */
export function numberSize(pairs: number, negative: boolean): number {
  if (pairs === 0) return 1;
  return Math.min(mostNumberBytes, 1 + pairs + (negative ? 1 : 0));
}

const ZERO = 0x30;
const MINUS = 0x2d;

/** The size of a number by its text, in any way to write one: `-12.50`, `1e21`, `1.5E-7`. */
export function numberTextSize(text: string): number {
  const end = text.search(/e|$/i);
  const point = text.indexOf('.');
  return decimalSize(text, point === -1 ? end : point, end);
}

/** The same of a text whose point is at `point` and whose digits end at `end`; without a point, `point` is `end`. */
export function decimalSize(text: string, point: number, end: number): number {
  // Signs and the point come before the digit 0.
  let first = 0;
  while (first < end && text.charCodeAt(first) <= ZERO) first++;
  if (first === end) return numberSize(0, false);
  let last = end - 1;
  while (text.charCodeAt(last) <= ZERO) last--;
  const exponent = end < text.length ? Number(text.slice(end + 1)) : 0;
  const pairs = pairAt(first, point, exponent) - pairAt(last, point, exponent) + 1;
  return numberSize(pairs, text.charCodeAt(0) === MINUS);
}

/** Which pair a digit belongs to: 0 holds ones and tens, -1 tenths and hundredths. */
function pairAt(index: number, point: number, exponent: number): number {
  const power = (index < point ? point - 1 : point) - index + exponent;
  return power >> 1;
}

/** The size of a stored item. */
export function storedItemSize(item: StoredItem): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + attributeSize(value);
  return size;
}

function attributeSize(value: StoredAttribute): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberTextSize(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value)
    return containerSize + Object.keys(value.M).length * elementSize + storedItemSize(value.M);
  if ('L' in value) return containerSize + value.L.length * elementSize + sum(value.L, attributeSize);
  if ('SS' in value) return sum(value.SS, (text) => Buffer.byteLength(text));
  if ('NS' in value) return sum(value.NS, numberTextSize);
  if ('BS' in value) return sum(value.BS, (text) => Buffer.byteLength(text, 'base64'));
  return flagSize;
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}

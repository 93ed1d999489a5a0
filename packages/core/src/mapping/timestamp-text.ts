import type { ItemEncoder } from './item-encoder.ts';

const ZERO = 0x30;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const T = 0x54;

/** Years 1 to 9999, what `google.protobuf.Timestamp` may hold. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

export function isTimestamp(seconds: number | bigint, nanos: number | bigint): boolean {
  return seconds >= firstSecond && seconds <= lastSecond && nanos >= 0 && nanos <= 999_999_999;
}

/** The length of a timestamp's text: `2026-11-22T09:10:51.123456Z`. */
export const timestampLength = 27;

/** Times of an entry are mostly of one day, so its text is cached, in words of four bytes: `2026-11-22T`. */
let knownDay = Number.NaN;
let year = 0;
let monthOfYear = 0;
let dayOfMonth = 0;

/** Writes a timestamp (checked by `isTimestamp`) in UTC with six digits; below a microsecond it is truncated. */
export function putTimestamp(pass: ItemEncoder, seconds: number, nanos: number): void {
  const { bytes, view, at } = pass;
  const dayNumber = Math.floor(seconds / 86_400);
  if (dayNumber !== knownDay) {
    cacheDay(dayNumber);
    knownDay = dayNumber;
  }
  view.setInt32(at, year, true);
  view.setInt32(at + 4, monthOfYear, true);
  view.setInt32(at + 8, dayOfMonth, true);
  const second = seconds - dayNumber * 86_400;
  const minute = (second / 60) | 0;
  const hour = (minute / 60) | 0;
  putTwo(bytes, at + 11, hour);
  bytes[at + 13] = COLON;
  putTwo(bytes, at + 14, minute - hour * 60);
  bytes[at + 16] = COLON;
  putTwo(bytes, at + 17, second - minute * 60);
  bytes[at + 19] = 0x2e; // .
  const micros = (nanos / 1_000) | 0;
  const hundreds = (micros / 100) | 0;
  const tenThousands = (hundreds / 100) | 0;
  putTwo(bytes, at + 20, tenThousands);
  putTwo(bytes, at + 22, hundreds - tenThousands * 100);
  putTwo(bytes, at + 24, micros - hundreds * 100);
  bytes[at + 26] = 0x5a; // Z
  pass.at = at + timestampLength;
}

/** In 32 bits, whose divisions compile to multiplications. */
function cacheDay(day: number): void {
  // Counting from 1 March of year 0 puts the leap day at the end of a year, where nothing comes after it.
  const shifted = (day + 719_468) | 0;
  const era = (shifted / 146_097) | 0;
  const dayOfEra = shifted - era * 146_097;
  const leapDays = ((dayOfEra / 1_460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0);
  const yearOfEra = ((dayOfEra - leapDays) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const monthNumber = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const yearNumber = yearOfEra + era * 400 + (monthNumber <= 2 ? 1 : 0);
  const hundreds = (yearNumber / 100) | 0;
  year = twoDigits(hundreds) | (twoDigits(yearNumber - hundreds * 100) << 16);
  monthOfYear = HYPHEN | (twoDigits(monthNumber) << 8) | (HYPHEN << 24);
  dayOfMonth = twoDigits(dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1) | (T << 16);
}

/** As the first two bytes of a word. */
function twoDigits(value: number): number {
  const tens = (value / 10) | 0;
  return (ZERO + tens) | ((ZERO + (value - tens * 10)) << 8);
}

function putTwo(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + (value - tens * 10);
}

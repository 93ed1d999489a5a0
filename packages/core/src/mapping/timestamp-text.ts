import type { MappingPass } from './mapping-pass.ts';

const ZERO = 0x30;
const HYPHEN = 0x2d;
const COLON = 0x3a;

/** Years 1 to 9999, what `google.protobuf.Timestamp` may hold. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

export function isTimestamp(seconds: number | bigint, nanos: number | bigint): boolean {
  return seconds >= firstSecond && seconds <= lastSecond && nanos >= 0 && nanos <= 999_999_999;
}

/** Bytes that a timestamp's text has: `2026-11-22T09:10:51.123456Z`. */
export const timestampLength = 27;

/** Writes a timestamp that `isTimestamp`, UTC, always six digits; what is below a microsecond is cut. */
export function putTimestamp(pass: MappingPass, seconds: number, nanos: number): void {
  const { bytes } = pass;
  const day = Math.floor(seconds / 86_400);
  const second = seconds - day * 86_400;

  // Counting from 1 March of year 0 puts the leap day at the end of a year, where nothing comes after it.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);

  let at = putTwo(bytes, pass.at, Math.floor(year / 100));
  at = putTwo(bytes, at, year % 100);
  bytes[at++] = HYPHEN;
  at = putTwo(bytes, at, month);
  bytes[at++] = HYPHEN;
  at = putTwo(bytes, at, dayOfMonth);
  bytes[at++] = 0x54; // T
  at = putTwo(bytes, at, Math.floor(second / 3600));
  bytes[at++] = COLON;
  at = putTwo(bytes, at, Math.floor(second / 60) % 60);
  bytes[at++] = COLON;
  at = putTwo(bytes, at, second % 60);
  bytes[at++] = 0x2e; // .
  const micros = Math.floor(nanos / 1000);
  at = putTwo(bytes, at, Math.floor(micros / 10_000));
  at = putTwo(bytes, at, Math.floor(micros / 100) % 100);
  at = putTwo(bytes, at, micros % 100);
  bytes[at++] = 0x5a; // Z
  pass.at = at;
}

function putTwo(bytes: Uint8Array, at: number, value: number): number {
  const tens = (value / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + (value - tens * 10);
  return at + 2;
}

/** `2026-11-20T14:30:15.123456Z` for seconds since 1970 and nanoseconds; undefined outside of the years 1 to 9999. */
export function timestampText(seconds: number, nanos: number): string | undefined {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999) || nanos < 0 || nanos > 999_999_999) return undefined;
  return `${date.toISOString().slice(0, 19)}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`;
}

const secondsOfDay = 86_400;
let knownDay = Number.NaN;
let knownDayText = '';

/** Whether a text is the timestamp's, without making that; the times of an entry are mostly of one day. */
export function isTimestampText(text: string, seconds: number, nanos: number): boolean {
  if (text.length !== 27 || nanos < 0 || nanos > 999_999_999) return false;
  const day = Math.floor(seconds / secondsOfDay);
  if (day !== knownDay) {
    knownDayText = timestampText(day * secondsOfDay, 0)?.slice(0, 11) ?? 'none';
    knownDay = day;
  }
  const second = seconds - day * secondsOfDay;
  const micros = Math.trunc(nanos / 1000);
  return (
    text.startsWith(knownDayText) &&
    hasTwo(text, 11, Math.trunc(second / 3600)) &&
    text[13] === ':' &&
    hasTwo(text, 14, Math.trunc(second / 60) % 60) &&
    text[16] === ':' &&
    hasTwo(text, 17, second % 60) &&
    text[19] === '.' &&
    hasTwo(text, 20, Math.trunc(micros / 10_000)) &&
    hasTwo(text, 22, Math.trunc(micros / 100) % 100) &&
    hasTwo(text, 24, micros % 100) &&
    text[26] === 'Z'
  );
}

/** The same for text in bytes, at `at`. */
export function isTimestampAt(bytes: Uint8Array, at: number, seconds: number, nanos: number): boolean {
  if (nanos < 0 || nanos > 999_999_999) return false;
  const day = Math.floor(seconds / secondsOfDay);
  const second = seconds - day * secondsOfDay;
  const micros = Math.trunc(nanos / 1000);
  return (
    isDayAt(bytes, at, day) &&
    isTwoAt(bytes, at + 11, Math.trunc(second / 3600)) &&
    bytes[at + 13] === COLON &&
    isTwoAt(bytes, at + 14, Math.trunc(second / 60) % 60) &&
    bytes[at + 16] === COLON &&
    isTwoAt(bytes, at + 17, second % 60) &&
    bytes[at + 19] === POINT &&
    isTwoAt(bytes, at + 20, Math.trunc(micros / 10_000)) &&
    isTwoAt(bytes, at + 22, Math.trunc(micros / 100) % 100) &&
    isTwoAt(bytes, at + 24, micros % 100) &&
    bytes[at + 26] === Z
  );
}

const COLON = 58;
const POINT = 46;
const Z = 90;
/** A few days are kept: the times of an entry are of some days, and the next entry is of the next. */
const keptDays = 1_024;
const days = new Float64Array(keptDays).fill(Number.NaN);
const dayLength = 11;
const dayTexts = Buffer.alloc(keptDays * dayLength);

/** Whether the eleven bytes at `at` are a day's `2026-11-20T`. */
function isDayAt(bytes: Uint8Array, at: number, day: number): boolean {
  const slot = day & (keptDays - 1);
  if (days[slot] !== day) {
    const text = timestampText(day * secondsOfDay, 0);
    if (text === undefined) return false;
    dayTexts.write(text.slice(0, dayLength), slot * dayLength, 'latin1');
    days[slot] = day;
  }
  const from = slot * dayLength;
  for (let i = 0; i < dayLength; i++) if (bytes[at + i] !== dayTexts[from + i]) return false;
  return true;
}

function isTwoAt(bytes: Uint8Array, at: number, value: number): boolean {
  const tens = Math.trunc(value / 10);
  return bytes[at] === 48 + tens && bytes[at + 1] === 48 + (value - tens * 10);
}

/** Whether the two characters at `at` are these two digits. */
function hasTwo(text: string, at: number, value: number): boolean {
  const tens = Math.trunc(value / 10);
  return text.charCodeAt(at) === 48 + tens && text.charCodeAt(at + 1) === 48 + (value - tens * 10);
}

/** `2026-11-20T14:30:15.123456Z` for seconds since 1970 and nanoseconds; undefined outside of the years 1 to 9999. */
export function timestampText(seconds: number, nanos: number): string | undefined {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999) || nanos < 0 || nanos > 999_999_999) return undefined;
  return `${date.toISOString().slice(0, 19)}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`;
}

const secondsOfDay = 86_400;
/** Year 1 to 9999. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;
/** The number of cached days: entries share a few days, and the next entry is mostly of the next day. */
const keptDays = 1_024;
/** For each day its number, and its text `2026-11-20T` as three words, the last of three bytes. */
const days = new Int32Array(keptDays).fill(0x7fff_ffff);
const dayWords = new Int32Array(keptDays * 3);
const threeBytes = 0xff_ffff;
/** The digits of 0 to 99 in pairs, as a DataView reads two bytes. */
const pairs = Int16Array.from({ length: 100 }, (_, number) =>
  Buffer.from(String(number).padStart(2, '0'), 'latin1').readInt16LE(),
);
const COLON = 58;
const POINT = 46;
const Z = 90;

/** Whether the 27 bytes at `at` are the timestamp's text. Creates no string. */
export function isTimestampAt(view: DataView, at: number, seconds: number, nanos: number): boolean {
  if (!(nanos >= 0 && nanos <= 999_999_999 && seconds >= firstSecond && seconds <= lastSecond)) return false;
  const day = Math.floor(seconds / secondsOfDay);
  const second = (seconds - day * secondsOfDay) | 0;
  if (!isDayAt(view, at, day)) return false;
  // In 32 bits, whose divisions compile to multiplications.
  const minute = (second / 60) | 0;
  const hour = (minute / 60) | 0;
  const micros = (nanos / 1_000) | 0;
  const hundreds = (micros / 100) | 0;
  const tenThousands = (hundreds / 100) | 0;
  return (
    view.getInt16(at + 11, true) === pairs[hour] &&
    view.getUint8(at + 13) === COLON &&
    view.getInt16(at + 14, true) === pairs[minute - hour * 60] &&
    view.getUint8(at + 16) === COLON &&
    view.getInt16(at + 17, true) === pairs[second - minute * 60] &&
    view.getUint8(at + 19) === POINT &&
    view.getInt16(at + 20, true) === pairs[tenThousands] &&
    view.getInt16(at + 22, true) === pairs[hundreds - tenThousands * 100] &&
    view.getInt16(at + 24, true) === pairs[micros - hundreds * 100] &&
    view.getUint8(at + 26) === Z
  );
}

/** Whether the eleven bytes at `at` are a day's `2026-11-20T`. */
function isDayAt(view: DataView, at: number, day: number): boolean {
  const slot = day & (keptDays - 1);
  const words = slot * 3;
  if (days[slot] !== day) {
    const text = timestampText(day * secondsOfDay, 0);
    if (text === undefined) return false;
    const bytes = Buffer.from(text.slice(0, 12), 'latin1');
    dayWords[words] = bytes.readInt32LE(0);
    dayWords[words + 1] = bytes.readInt32LE(4);
    dayWords[words + 2] = bytes.readInt32LE(8) & threeBytes;
    days[slot] = day;
  }
  return (
    view.getInt32(at, true) === dayWords[words] &&
    view.getInt32(at + 4, true) === dayWords[words + 1] &&
    (view.getInt32(at + 8, true) & threeBytes) === dayWords[words + 2]
  );
}

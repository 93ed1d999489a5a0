const daySeconds = 86_400;
const ZERO = 0x30;

/** The cached day: documents that are read together were mostly written on few days. */
let knownDay = Number.NaN;
/** The text of the cached day, with a time that is overwritten. */
const text = Buffer.from('0000-00-00T00:00:00.000000Z', 'latin1');

/**
 * ISO 8601 in UTC with six digits, for years 0 to 9999. Writes the digits into a buffer that makes one string: a
 * `Date`, or joined strings, would leave garbage.
 */
export function timestampText(seconds: number, micros: number): string {
  const day = Math.floor(seconds / daySeconds);
  if (day !== knownDay) {
    text.write(new Date(day * daySeconds * 1_000).toISOString(), 0, '0000-00-00'.length, 'latin1');
    knownDay = day;
  }
  const second = seconds - day * daySeconds;
  putTwo(11, (second / 3_600) | 0);
  putTwo(14, ((second / 60) | 0) % 60);
  putTwo(17, second % 60);
  putTwo(20, (micros / 10_000) | 0);
  putTwo(22, ((micros / 100) | 0) % 100);
  putTwo(24, micros % 100);
  return text.toString('latin1');
}

function putTwo(at: number, value: number): void {
  const tens = (value / 10) | 0;
  text[at] = ZERO + tens;
  text[at + 1] = ZERO + (value - tens * 10);
}

/** The JSON of an item as a service sends it, byte by byte: compact, text in UTF-8. */

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const CLOSE_LIST = 93;
export const OPEN = 123;
export const CLOSE = 125;
const BACKSLASH = 92;
const SPACE = 32;
const U = 117;
const ZERO = 48;

/** By the character after the backslash of a short JSON escape: the byte that it stands for. */
const escaped = new Uint8Array(256);
for (const [letter, meant] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  escaped[letter.charCodeAt(0)] = meant.charCodeAt(0);
}

/** Four ASCII characters as the integer that a DataView reads. */
export function word(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE();
}

/** The same for two characters. */
export function half(text: string): number {
  return Buffer.from(text, 'latin1').readInt16LE();
}

/** ASCII text for `takesAll`. */
export function constant(text: string): DataView {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
  return new DataView(bytes.buffer);
}

/** The value 1 in each of the four bytes of a word. */
const each = 0x0101_0101;
const highest = each * 0x80;

/** Reads one item after another; `at` is the next byte. */
export class ItemText {
  json: Uint8Array = new Uint8Array();
  /**
   * A view of the memory that holds the item, which begins at `viewFrom`; replaced only for another response. It may
   * extend beyond the item: reading past the item's end gives other bytes or a RangeError.
   */
  view: DataView = new DataView(new ArrayBuffer(0));
  viewFrom = 0;
  at = 0;
  /** Whether any text so far had bytes beyond ASCII, which may be invalid UTF-8. */
  beyondAscii = false;

  open(json: Uint8Array): void {
    this.json = json;
    if (this.view.buffer !== json.buffer) this.view = new DataView(json.buffer);
    this.viewFrom = json.byteOffset;
    this.at = 0;
    this.beyondAscii = false;
  }

  /** Skips this byte if it comes next. */
  takes(byte: number): boolean {
    if (this.json[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** Skips these two bytes, such as `"}`, if they come next. */
  takesBoth(first: number, second: number): boolean {
    const { json, at } = this;
    if (json[at] !== first || json[at + 1] !== second) return false;
    this.at = at + 2;
    return true;
  }

  /** Skips these bytes if they come next. */
  takesAll(bytes: DataView): boolean {
    const { view, viewFrom } = this;
    const length = bytes.byteLength;
    const from = viewFrom + this.at;
    let i = 0;
    for (; i + 4 <= length; i += 4)
      if (bytes.getInt32(i, true) !== view.getInt32(from + i, true)) return false;
    for (; i < length; i++) if (bytes.getUint8(i) !== view.getUint8(from + i)) return false;
    this.at += length;
    return true;
  }

  /** The end of the text from here on; its closing quote is skipped. -1 if the text has an escape. */
  endOfPlain(): number {
    const { json } = this;
    for (let at = this.at; at < json.length; at++) {
      const byte = json[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return at;
      }
      if (byte === BACKSLASH || byte < SPACE) return -1;
      if (byte >= 0x80) this.beyondAscii = true;
    }
    return -1;
  }

  /** The code of four hexadecimal digits if it is ASCII, else -1. */
  #hexAt(at: number): number {
    const { json } = this;
    if (json[at] !== ZERO || json[at + 1] !== ZERO) return -1;
    const high = hexDigit(json[at + 2]!);
    const low = hexDigit(json[at + 3]!);
    return high >= 0 && high < 8 && low >= 0 ? high * 16 + low : -1;
  }

  /** The end of the text at `at` if it equals these bytes of UTF-8 and has no escapes; -1: not decided. */
  endOfSame(at: number, source: DataView, from: number, to: number): number {
    const { view } = this;
    let i = from;
    let mine = this.viewFrom + at;
    let seen = 0;
    for (; i + 4 <= to; i += 4, mine += 4) {
      const four = source.getInt32(i, true);
      if (four !== view.getInt32(mine, true)) return -1;
      // Sets the highest bit of each byte that is below the space, a quote or a backslash.
      const quote = four ^ (each * QUOTE);
      const backslash = four ^ (each * BACKSLASH);
      const special =
        ((four - each * SPACE) & ~four) | ((quote - each) & ~quote) | ((backslash - each) & ~backslash);
      if ((special & highest) !== 0) return -1;
      seen |= four;
    }
    for (; i < to; i++, mine++) {
      const byte = source.getUint8(i);
      if (byte !== view.getUint8(mine) || byte === QUOTE || byte === BACKSLASH || byte < SPACE) return -1;
      seen |= byte;
    }
    if ((seen & highest) !== 0) this.beyondAscii = true;
    return mine - this.viewFrom;
  }

  /** The same for text that may have escapes. */
  endOfEscaped(from: number, bytes: Uint8Array, bytesFrom: number, bytesTo: number): number {
    const { json } = this;
    let at = from;
    let seen = 0;
    for (let i = bytesFrom; i < bytesTo; i++) {
      const wanted = bytes[i]!;
      let byte = json[at++]!;
      if (byte === BACKSLASH) {
        const letter = json[at++]!;
        if (letter === U) {
          byte = this.#hexAt(at);
          at += 4;
        } else {
          byte = escaped[letter] ?? 0;
          if (byte === 0) return -1;
        }
      } else if (byte === QUOTE || byte < SPACE) return -1;
      if (byte !== wanted) return -1;
      seen |= byte;
    }
    if (seen >= 0x80) this.beyondAscii = true;
    return at;
  }
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte < ZERO + 10) return byte - ZERO;
  // To lower case.
  const letter = (byte | 0x20) - 97;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

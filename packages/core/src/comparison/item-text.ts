/** The JSON of an item as a service sends it, byte by byte: compact, text in UTF-8. */

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_LIST = 91;
export const CLOSE_LIST = 93;
export const OPEN = 123;
export const CLOSE = 125;
const BACKSLASH = 92;
const SPACE = 32;
const U = 117;
const ZERO = 48;

/** What follows the backslash in JSON's short escapes, and the byte that is meant. */
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

/** Reads one item after another; `at` is the next byte. */
export class ItemText {
  json: Uint8Array = new Uint8Array();
  at = 0;
  /** Whether any text so far had bytes beyond ASCII, which may be no UTF-8. */
  beyondAscii = false;

  open(json: Uint8Array): void {
    this.json = json;
    this.at = 0;
    this.beyondAscii = false;
  }

  /** Goes past this byte if it is the next one. */
  takes(byte: number): boolean {
    if (this.json[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** Goes past `{"S":"` with the given letter for the S and the given byte for what the value begins with. */
  takesKind(letter: number, begin: number): boolean {
    const { json, at } = this;
    if (
      json[at] !== OPEN ||
      json[at + 1] !== QUOTE ||
      json[at + 2] !== letter ||
      json[at + 3] !== QUOTE ||
      json[at + 4] !== COLON ||
      json[at + 5] !== begin
    )
      return false;
    this.at = at + 6;
    return true;
  }

  /** Goes past `"}` or another two bytes. */
  takesBoth(first: number, second: number): boolean {
    const { json, at } = this;
    if (json[at] !== first || json[at + 1] !== second) return false;
    this.at = at + 2;
    return true;
  }

  /** Goes past these bytes if they come next. */
  takesAll(bytes: Uint8Array): boolean {
    const { json, at } = this;
    const { length } = bytes;
    for (let i = 0; i < length; i++) if (json[at + i] !== bytes[i]) return false;
    this.at = at + length;
    return true;
  }

  /** The end of the text from here on, whose closing quote is gone past; -1 if something in it is escaped. */
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

  /** What four hexadecimal digits stand for if that is ASCII, else -1. */
  #hexAt(at: number): number {
    const { json } = this;
    if (json[at] !== ZERO || json[at + 1] !== ZERO) return -1;
    const high = hexDigit(json[at + 2]!);
    const low = hexDigit(json[at + 3]!);
    return high >= 0 && high < 8 && low >= 0 ? high * 16 + low : -1;
  }

  /** Goes past the text from here on, without its closing quote, if it means these bytes of UTF-8. */
  takesText(bytes: Uint8Array, from: number, to: number): boolean {
    const { json } = this;
    let at = this.at;
    let seen = 0;
    for (let i = from; i < to; i++) {
      const wanted = bytes[i]!;
      let byte = json[at++]!;
      if (byte === BACKSLASH) {
        const letter = json[at++]!;
        if (letter === U) {
          byte = this.#hexAt(at);
          at += 4;
        } else {
          byte = escaped[letter] ?? 0;
          if (byte === 0) return false;
        }
      } else if (byte === QUOTE || byte < SPACE) return false;
      if (byte !== wanted) return false;
      seen |= byte;
    }
    if (seen >= 0x80) this.beyondAscii = true;
    this.at = at;
    return true;
  }
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte < ZERO + 10) return byte - ZERO;
  // Capitals become small.
  const letter = (byte | 0x20) - 97;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

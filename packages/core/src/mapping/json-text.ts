import type { MappingPass } from './mapping-pass.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const hexDigits = latin('0123456789abcdef');
const base64Digits = latin('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const EQUALS = 0x3d;

/** Text of ASCII only as bytes, for constants. */
export function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Constant ASCII text, in words of four bytes; the last one is filled up with what the next store overwrites. */
export interface Constant {
  readonly words: Int32Array;
  readonly length: number;
}

export function constant(text: string): Constant {
  const bytes = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4), 'latin1');
  const words = Int32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(index * 4));
  return { words, length: text.length };
}

export function put(pass: MappingPass, { words, length }: Constant): void {
  const { view, at } = pass;
  for (let i = 0; i < words.length; i++) view.setInt32(at + i * 4, words[i]!, true);
  pass.at = at + length;
}

/** Copies a range of the document, which is UTF-8 text, into a JSON string; the quotes are the caller's. */
export function copyText(pass: MappingPass, from: number, to: number): void {
  const { source, view } = pass;
  let at = pass.at;
  let bits = 0;
  let i = from;
  if (to <= pass.wordsEnd) {
    for (; i + 4 <= to; i += 4) {
      const word = source.getInt32(i, true);
      if (needsEscape(word)) {
        at = copyBytes(pass, at, i, i + 4);
        continue;
      }
      view.setInt32(at, word, true);
      bits |= word;
      at += 4;
    }
    if (i < to) {
      // The last word holds up to three bytes of the text; what follows them is made harmless and then overwritten.
      const shift = (to - i) << 3;
      const word = (source.getInt32(i, true) & ~(-1 << shift)) | (0x61616161 << shift);
      if (!needsEscape(word)) {
        view.setInt32(at, word, true);
        bits |= word;
        at += to - i;
        i = to;
      }
    }
  }
  if (i < to) at = copyBytes(pass, at, i, to);
  pass.at = at;
  pass.textBits |= bits;
}

/** Whether one of a word's four bytes is a control, a quote or a backslash (or, rarely, none is). */
function needsEscape(word: number): boolean {
  const controls = word - 0x20202020;
  const quotes = (word ^ 0x22222222) - 0x01010101;
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101;
  return ((controls | quotes | backslashes) & ~word & 0x80808080) !== 0;
}

function copyBytes(pass: MappingPass, start: number, from: number, to: number): number {
  const document = pass.reader.buf;
  const { bytes } = pass;
  let at = start;
  let bits = 0;
  for (let i = from; i < to; i++) {
    const byte = document[i]!;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) bytes[at++] = byte;
    else at = escapeByte(bytes, at, byte);
    bits |= byte;
  }
  pass.textBits |= bits;
  return at;
}

function escapeByte(bytes: Uint8Array, start: number, byte: number): number {
  let at = start;
  bytes[at++] = BACKSLASH;
  if (byte === QUOTE || byte === BACKSLASH) {
    bytes[at++] = byte;
    return at;
  }
  bytes[at++] = 0x75; // u
  bytes[at++] = 0x30;
  bytes[at++] = 0x30;
  bytes[at++] = hexDigits[byte >> 4]!;
  bytes[at++] = hexDigits[byte & 15]!;
  return at;
}

/** Writes a JavaScript string into a JSON string; the quotes are the caller's. Returns its bytes of UTF-8. */
export function putText(pass: MappingPass, text: string): number {
  const { bytes } = pass;
  let at = pass.at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code >= 0x80 || code === QUOTE || code === BACKSLASH)
      return putEscapedText(pass, text);
    bytes[at++] = code;
  }
  pass.at = at;
  return text.length;
}

function putEscapedText(pass: MappingPass, text: string): number {
  const json = Buffer.from(JSON.stringify(text).slice(1, -1));
  pass.bytes.set(json, pass.at);
  pass.at += json.length;
  return Buffer.byteLength(text);
}

/** Copies a range of bytes as base64. */
export function copyBase64(pass: MappingPass, source: Uint8Array, from: number, to: number): void {
  const { bytes } = pass;
  let at = pass.at;
  let i = from;
  for (; i + 2 < to; i += 3) {
    const group = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!;
    bytes[at++] = base64Digits[group >> 18]!;
    bytes[at++] = base64Digits[(group >> 12) & 63]!;
    bytes[at++] = base64Digits[(group >> 6) & 63]!;
    bytes[at++] = base64Digits[group & 63]!;
  }
  if (i < to) {
    const second = i + 1 < to ? source[i + 1]! : 0;
    const group = (source[i]! << 16) | (second << 8);
    bytes[at++] = base64Digits[group >> 18]!;
    bytes[at++] = base64Digits[(group >> 12) & 63]!;
    bytes[at++] = i + 1 < to ? base64Digits[(group >> 6) & 63]! : EQUALS;
    bytes[at++] = EQUALS;
  }
  pass.at = at;
}

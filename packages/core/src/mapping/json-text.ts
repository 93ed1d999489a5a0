import type { ItemEncoder } from './item-encoder.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const hexDigits = latin('0123456789abcdef');

/** Text of ASCII only as bytes, for constants. */
export function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Constant text in words of eight bytes. The last word is padded; the next store overwrites the padding. */
export interface Constant {
  /** Eight bytes of text each, stored as a double. UTF-8 never gives a NaN, whose bytes could change. */
  readonly words: Float64Array;
  readonly length: number;
}

export function constant(text: string): Constant {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.alloc(Math.ceil(length / 8) * 8, ' ');
  bytes.write(text);
  const words = Float64Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(index * 8));
  return { words, length };
}

/** The word of a text of at most eight ASCII characters. */
export function word(text: string): number {
  return constant(text).words[0]!;
}

export function put(pass: ItemEncoder, { words, length }: Constant): void {
  const { view, at } = pass;
  for (let i = 0; i < words.length; i++) view.setFloat64(at + i * 8, words[i]!, true);
  pass.at = at + length;
}

/** Copies a range of the document, UTF-8 text, into a JSON string. The caller writes the quotes. */
export function copyText(pass: ItemEncoder, from: number, to: number): void {
  const { source, base, view } = pass;
  let at = pass.at;
  let bits = 0;
  let i = from;
  if (to <= pass.wordsEnd) {
    for (; i + 4 <= to; i += 4) {
      const four = source.getInt32(base + i, true);
      if (needsEscape(four)) {
        at = copyBytes(pass, at, i, i + 4);
        continue;
      }
      view.setInt32(at, four, true);
      bits |= four;
      at += 4;
    }
    if (i < to) {
      // The last word holds up to three bytes of the text. The bytes after them are masked, and overwritten later.
      const shift = (to - i) << 3;
      const four = (source.getInt32(base + i, true) & ~(-1 << shift)) | (0x61616161 << shift);
      if (!needsEscape(four)) {
        view.setInt32(at, four, true);
        bits |= four;
        at += to - i;
        i = to;
      }
    }
  }
  if (i < to) at = copyBytes(pass, at, i, to);
  pass.at = at;
  pass.textBits |= bits;
}

/** Whether one of a word's four bytes is a control character, a quote or a backslash. Rarely true for none. */
function needsEscape(four: number): boolean {
  const controls = four - 0x20202020;
  const quotes = (four ^ 0x22222222) - 0x01010101;
  const backslashes = (four ^ 0x5c5c5c5c) - 0x01010101;
  return ((controls | quotes | backslashes) & ~four & 0x80808080) !== 0;
}

function copyBytes(pass: ItemEncoder, start: number, from: number, to: number): number {
  const { input, bytes } = pass;
  let at = start;
  let bits = 0;
  for (let i = from; i < to; i++) {
    const byte = input[i]!;
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

/**
 * Writes a JavaScript string into a JSON string. The caller writes the quotes. Returns its length in bytes of UTF-8.
 */
export function putText(pass: ItemEncoder, text: string): number {
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

function putEscapedText(pass: ItemEncoder, text: string): number {
  const json = Buffer.from(JSON.stringify(text).slice(1, -1));
  pass.bytes.set(json, pass.at);
  pass.at += json.length;
  return Buffer.byteLength(text);
}

/** Copies a range of bytes as base64, whose characters need no escapes. */
export function copyBase64(pass: ItemEncoder, source: Uint8Array, from: number, to: number): void {
  putText(pass, Buffer.prototype.base64Slice.call(source, from, to));
}

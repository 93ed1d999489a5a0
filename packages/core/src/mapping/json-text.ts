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

export function put(pass: MappingPass, constant: Uint8Array): void {
  const { bytes } = pass;
  let at = pass.at;
  for (let i = 0; i < constant.length; i++) bytes[at++] = constant[i]!;
  pass.at = at;
}

/** Copies a range of the document, which is UTF-8 text, into a JSON string; the quotes are the caller's. */
export function copyText(pass: MappingPass, from: number, to: number): void {
  const source = pass.reader.buf;
  const { bytes } = pass;
  let at = pass.at;
  let bits = 0;
  for (let i = from; i < to; i++) {
    const byte = source[i]!;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) bytes[at++] = byte;
    else at = escapeByte(bytes, at, byte);
    bits |= byte;
  }
  pass.at = at;
  pass.textBits |= bits;
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
  put(pass, Buffer.from(JSON.stringify(text).slice(1, -1)));
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

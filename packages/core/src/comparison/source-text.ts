/** Text of a document, compared and looked up with as few strings made as can be. */

const cacheSlots = 4096;
const longestCached = 48;
/** Under this a loop over the characters is cheaper than a string. */
const shortText = 32;

const cache: (string | undefined)[] = Array.from({ length: cacheSlots });

/**
 * A field's name. Entries are alike, so names come again and again: a bounded cache gives the same string object for
 * the same bytes, which saves making it and makes looking it up in an object quick.
 */
export function readName(bytes: Uint8Array, from: number, to: number): string {
  const length = to - from;
  if (length === 0 || length > longestCached) return decode(bytes, from, to);
  const middle = bytes[from + (length >> 1)]!;
  const slot =
    (length * 89 +
      bytes[from]! * 31 +
      middle * 167 +
      bytes[to - 1]! * 541 +
      bytes[to - 1 - (length >> 2)]! * 1021) &
    (cacheSlots - 1);
  const cached = cache[slot];
  if (cached !== undefined && cached.length === length && sameAscii(bytes, from, cached)) return cached;
  const name = decode(bytes, from, to);
  if (name.length === length) cache[slot] = name;
  return name;
}

/** Whether a range of UTF-8 is this text. */
export function sameText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  const length = to - from;
  // A character takes one to three bytes for each of its UTF-16 units.
  if (text.length > length || text.length * 3 < length) return false;
  if (text.length === length && length < shortText) return sameAscii(bytes, from, text);
  return decode(bytes, from, to) === text;
}

/** Throws a RangeError for what is not UTF-8, which a document's text has to be. */
export function decode(bytes: Uint8Array, from: number, to: number): string {
  const text = Buffer.prototype.utf8Slice.call(bytes, from, to);
  if (text.includes('\ufffd')) strictly(bytes.subarray(from, to));
  return text;
}

function strictly(bytes: Uint8Array): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RangeError('a string or a name in it is not UTF-8', { cause });
  }
}

/** Whether the bytes are these characters. Never true by mistake: text of as many bytes as characters is ASCII. */
function sameAscii(bytes: Uint8Array, from: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[from + i]!;
    if (byte !== text.charCodeAt(i) || byte >= 0x80) return false;
  }
  return true;
}

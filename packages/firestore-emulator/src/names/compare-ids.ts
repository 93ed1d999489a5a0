const firstSurrogate = 0xd800;
const lastSurrogate = 0xdfff;

/** Orders two strings by their UTF-8 bytes, as Firestore does. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      // UTF-16 puts a surrogate, which stands for a code point above U+FFFF, below U+E000; UTF-8 does not.
      const leftIsSurrogate = left >= firstSurrogate && left <= lastSurrogate;
      const rightIsSurrogate = right >= firstSurrogate && right <= lastSurrogate;
      if (leftIsSurrogate !== rightIsSurrogate) return leftIsSurrogate ? 1 : -1;
      return left < right ? -1 : 1;
    }
  }
  return a.length - b.length;
}

function numericId(id: string): bigint | undefined {
  if (!id.startsWith('__id')) return undefined;
  const match = /^__id(-?\d+)__$/.exec(id);
  return match?.[1] === undefined ? undefined : BigInt(match[1]);
}

/** Orders two ids of documents or collections: numeric ids (`__id7__`) first, by number, then by UTF-8 bytes. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const left = numericId(a);
  const right = numericId(b);
  if (left === undefined && right === undefined) return compareUtf8(a, b);
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return left < right ? -1 : left > right ? 1 : compareUtf8(a, b);
}

/** Orders two lists element by element; a list comes before one that continues it. */
export function compareLists<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (left: T, right: T) => number,
): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compare(a[index]!, b[index]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Orders two paths segment by segment; a path comes before what lies below it. */
export function compareSegments(a: readonly string[], b: readonly string[]): number {
  return compareLists(a, b, compareIds);
}

/** Orders two resource names (`projects/…/documents/…`). */
export function compareNames(a: string, b: string): number {
  return a === b ? 0 : compareSegments(a.split('/'), b.split('/'));
}

const numeric = /^__id(-?\d+)__$/;

/** Orders two document ids as Firestore lists them: numeric ids (`__id7__`) first, by number, then by UTF-8 bytes. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const left = numberOf(a);
  const right = numberOf(b);
  if (left === undefined && right === undefined) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  return left < right ? -1 : 1;
}

function numberOf(id: string): bigint | undefined {
  if (!id.startsWith('__id')) return undefined;
  const digits = numeric.exec(id)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

import * as fc from 'fast-check';
import type { FirestoreValue } from '../values/value.ts';

const edgeIntegers = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const edgeDoubles = [0, -0, 1, 2 ** 53, 2 ** 63, NaN, Infinity, -Infinity, Number.MIN_VALUE];

function of(kind: 'string' | 'reference'): fc.Arbitrary<FirestoreValue> {
  return fc.string({ unit: 'binary', maxLength: 4 }).map((value) => ({ kind, value }));
}

/** Any value of Firestore, small and rich in edges. */
export const arbitraryValue: fc.Arbitrary<FirestoreValue> = fc.letrec<{ value: FirestoreValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constant<FirestoreValue>({ kind: 'null' }),
    fc.boolean().map((value): FirestoreValue => ({ kind: 'boolean', value })),
    fc
      .oneof(fc.constantFrom(...edgeIntegers), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      .map((value): FirestoreValue => ({ kind: 'integer', value })),
    fc
      .oneof(fc.constantFrom(...edgeDoubles), fc.double())
      .map((value): FirestoreValue => ({ kind: 'double', value })),
    fc.bigInt({ min: -100n, max: 100n }).map((value): FirestoreValue => ({ kind: 'timestamp', value })),
    of('string'),
    of('reference'),
    fc.uint8Array({ maxLength: 3 }).map((value): FirestoreValue => ({ kind: 'bytes', value })),
    fc
      .tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 }))
      .map(([latitude, longitude]): FirestoreValue => ({ kind: 'geoPoint', latitude, longitude })),
    fc.array(tie('value'), { maxLength: 3 }).map((values): FirestoreValue => ({ kind: 'array', values })),
    fc.array(fc.integer({ min: -1, max: 1 }), { maxLength: 3 }).map((numbers): FirestoreValue => ({
      kind: 'vector',
      values: numbers.map((value) => ({ kind: 'double', value })),
    })),
    fc
      .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 2 }), tie('value')), { maxLength: 3 })
      .map((entries): FirestoreValue => ({ kind: 'map', fields: new Map(entries) })),
  ),
})).value;

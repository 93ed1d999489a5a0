import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryValue } from '../test-support/arbitrary-value.ts';
import { compareValues, equalValues } from './compare-values.ts';
import type { FirestoreValue } from './value.ts';

function sign(a: FirestoreValue, b: FirestoreValue): number {
  return Math.sign(compareValues(a, b));
}

function text(value: string): FirestoreValue {
  return { kind: 'string', value };
}

function double(value: number): FirestoreValue {
  return { kind: 'double', value };
}

function integer(value: bigint): FirestoreValue {
  return { kind: 'integer', value };
}

function map(entries: [string, FirestoreValue][]): FirestoreValue {
  return { kind: 'map', fields: new Map(entries) };
}

test('the order is total: it agrees with itself both ways and carries on', () => {
  fc.assert(
    fc.property(arbitraryValue, arbitraryValue, arbitraryValue, (a, b, c) => {
      expect(sign(a, a)).toBe(0);
      expect(sign(a, b) + sign(b, a)).toBe(0);
      const carriesOn = sign(a, b) > 0 || sign(b, c) > 0 || sign(a, c) <= 0;
      expect(carriesOn).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('kinds and their edges stand in the documented order', () => {
  const ordered: FirestoreValue[] = [
    { kind: 'null' },
    { kind: 'boolean', value: false },
    { kind: 'boolean', value: true },
    double(NaN),
    double(-Infinity),
    integer(-(2n ** 63n)),
    double(-0.5),
    integer(0n),
    double(Number.MIN_VALUE),
    integer(2n ** 53n),
    integer(2n ** 53n + 1n),
    integer(2n ** 63n - 1n),
    double(2 ** 63),
    double(Infinity),
    { kind: 'timestamp', value: -1n },
    { kind: 'timestamp', value: 0n },
    text(''),
    text('B'),
    text('a'),
    text('\uffee'),
    text('🙂'),
    { kind: 'bytes', value: Uint8Array.of() },
    { kind: 'bytes', value: Uint8Array.of(255) },
    { kind: 'reference', value: 'projects/p/databases/d/documents/a/b' },
    { kind: 'reference', value: 'projects/p/databases/d/documents/a/b/c/d' },
    { kind: 'reference', value: 'projects/p/databases/d/documents/a/b!' },
    { kind: 'geoPoint', latitude: 0, longitude: 9 },
    { kind: 'geoPoint', latitude: 1, longitude: 0 },
    { kind: 'array', values: [] },
    { kind: 'array', values: [integer(1n)] },
    { kind: 'array', values: [integer(1n), integer(0n)] },
    { kind: 'array', values: [integer(2n)] },
    { kind: 'vector', values: [double(9)] },
    { kind: 'vector', values: [double(1), double(1)] },
    map([]),
    map([['a', integer(1n)]]),
    map([
      ['b', integer(1n)],
      ['a', integer(1n)],
    ]),
    map([['a', integer(2n)]]),
    map([['b', integer(0n)]]),
  ];
  for (const [index, value] of ordered.entries()) {
    for (const later of ordered.slice(index + 1))
      expect([value, later, sign(value, later)]).toEqual([value, later, -1]);
  }
});

test('numbers are equal by their value, whatever their kind', () => {
  expect(equalValues({ kind: 'integer', value: 1n }, { kind: 'double', value: 1 })).toBe(true);
  expect(equalValues({ kind: 'double', value: 0 }, { kind: 'double', value: -0 })).toBe(true);
  expect(equalValues({ kind: 'double', value: NaN }, { kind: 'double', value: NaN })).toBe(true);
  expect(equalValues({ kind: 'integer', value: 2n ** 53n + 1n }, { kind: 'double', value: 2 ** 53 })).toBe(
    false,
  );
});

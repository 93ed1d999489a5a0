import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RpcError } from '../protocol/rpc-error.ts';
import { encodeArray, encodeInteger, encodeMap, encodeString, encodeTimestampValue } from './encode-value.ts';
import { normaliseField, normaliseValue } from './normalise-value.ts';
import { decodeValue } from './value.ts';

/** A Value of a kind that the protos lack: field 31 with some bytes. */
const futureValue = Uint8Array.of(0xfa, 0x01, 3, 1, 2, 3);

test('timestamps are cut to microseconds, also below zero and deep inside', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (nanoseconds) => {
      const micros = nanoseconds / 1000n - (nanoseconds % 1000n < 0n ? 1n : 0n);
      const cut = decodeValue(normaliseValue(encodeTimestampValue(nanoseconds)));
      expect(cut).toEqual({ kind: 'timestamp', value: micros * 1000n });
    }),
  );
  const deep = encodeMap(new Map([['list', encodeArray([futureValue, encodeTimestampValue(1_999n)])]]));
  const cut = encodeMap(new Map([['list', encodeArray([futureValue, encodeTimestampValue(1_000n)])]]));
  expect(Buffer.from(normaliseValue(deep))).toEqual(Buffer.from(cut));
});

test('what needs no change is handed back as it came', () => {
  const value = encodeMap(new Map([['a', encodeArray([futureValue, encodeInteger(2n ** 63n - 1n)])]]));
  expect(normaliseValue(value)).toBe(value);
  expect(normaliseValue(futureValue)).toBe(futureValue);
});

test('an array directly in an array is refused, and one in a map in an array is not', () => {
  expect(() => normaliseValue(encodeArray([encodeArray([])]))).toThrow(RpcError);
  expect(() => normaliseValue(encodeArray([encodeMap(new Map([['a', encodeArray([])]]))]))).not.toThrow();
});

test('nesting ends at 20 levels', () => {
  const nest = (levels: number): Uint8Array =>
    levels === 1 ? encodeString('x') : encodeMap(new Map([['a', nest(levels - 1)]]));
  expect(() => normaliseValue(nest(20))).not.toThrow();
  expect(() => normaliseValue(nest(22))).toThrow(RpcError);
});

test.each(['', '__x__', 'é'.repeat(751)])('a field cannot be called %j', (name) => {
  expect(() => normaliseField(name, encodeString(''))).toThrow(RpcError);
});

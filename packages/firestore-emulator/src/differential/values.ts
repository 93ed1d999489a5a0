import * as fc from 'fast-check';
import type { Message } from './both-firestores.ts';

/* Values as the protos have them. */
export const integer = (integerValue: number | string): Message => ({ integerValue });
export const double = (doubleValue: number): Message => ({ doubleValue });
export const text = (stringValue: string): Message => ({ stringValue });
export const nothing: Message = { nullValue: 'NULL_VALUE' };
export const bool = (booleanValue: boolean): Message => ({ booleanValue });
export const time = (seconds: number | string, nanos = 0): Message => ({
  timestampValue: { seconds, nanos },
});
export const place = (latitude: number, longitude: number): Message => ({
  geoPointValue: { latitude, longitude },
});
export const reference = (referenceValue: string): Message => ({ referenceValue });
export const bytes = (value: string): Message => ({ bytesValue: Buffer.from(value) });
export const list = (...values: Message[]): Message => ({ arrayValue: { values } });
export const map = (fields: Message): Message => ({ mapValue: { fields } });
export const vector = (...numbers: number[]): Message =>
  map({ __type__: text('__vector__'), value: list(...numbers.map(double)) });

/** `leaf` inside so many maps. */
export const nested = (levels: number, leaf: Message): Message =>
  levels === 0 ? leaf : map({ a: nested(levels - 1, leaf) });

const otherDocument = 'projects/p/databases/d/documents/a/b';

/** Few values, so that equal ones occur, of all kinds and with edge cases. */
const scalars: readonly Message[] = [
  nothing,
  bool(true),
  integer(0),
  integer(1),
  integer('9223372036854775807'),
  double(-0),
  double(1),
  double(1.5),
  double(2 ** 63),
  double(NaN),
  double(-Infinity),
  time(5),
  time(-1, 999_999),
  text(''),
  text('a'),
  text('\u{1F600}'),
  text('\uFFFD'),
  bytes('a'),
  reference(otherDocument),
  place(1, -0),
];

const names = fc.constantFrom('a', 'b', 'é');

export const arbitraryValue: fc.Arbitrary<Message> = fc.letrec<{ value: Message; element: Message }>(
  (tie) => {
    const inMap = fc.dictionary(names, tie('value'), { maxKeys: 2, noNullPrototype: true }).map(map);
    return {
      value: fc.oneof(
        { maxDepth: 2 },
        { weight: 4, arbitrary: fc.constantFrom(...scalars) },
        inMap,
        fc.array(tie('element'), { maxLength: 3 }).map((values) => list(...values)),
        fc.array(fc.constantFrom(0, 1, -1), { minLength: 1, maxLength: 2 }).map((all) => vector(...all)),
      ),
      element: fc.oneof({ maxDepth: 2 }, { weight: 4, arbitrary: fc.constantFrom(...scalars) }, inMap),
    };
  },
).value;

export const arbitraryFields: fc.Arbitrary<Message> = fc.dictionary(
  fc.constantFrom('n', 'm', 'z'),
  arbitraryValue,
  { noNullPrototype: true },
);

/** One seed for all, and a time limit for slow machines. */
export const bounded = (numRuns: number) =>
  ({ seed: 20_261_127, numRuns, interruptAfterTimeLimit: 25_000, endOnFailure: true }) as const;

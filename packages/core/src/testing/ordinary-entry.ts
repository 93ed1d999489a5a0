import * as fc from 'fast-check';
import type { ArbitraryEntry } from './arbitraries.ts';
import type { JsonValue } from './firestore-json.ts';

/**
 * Entries as real journals are, where `firestoreEntry` has everything that could be: text with accents, line breaks and quotes,
 * prices, counts, times, lists and maps, in any order and depth.
 */

const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_. -]{0,12}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('größe', '利益', 'a.b', 'S', 'L', 'constructor', 'updatedAt', 'dateKey'),
  },
);

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', 'first\nsecond\tthird', 'said "no" \\ yes', 'Überraschung 🦊', '1/2', 'x'.repeat(700)),
);

const number = fc.oneof(
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map((cents) => cents / 100),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .filter((value) => !Object.is(value, -0)),
  fc.constantFrom(0.1 + 0.2, 1 / 3, 66.66666666666667, 0, 1e20, 0.0000012),
);

const time = fc
  .record({
    second: fc.integer({ min: -1_000_000_000, max: 4_000_000_000 }),
    micros: fc.integer({ min: 0, max: 999_999 }),
  })
  .map(({ second, micros }): JsonValue => {
    const toSecond = new Date(second * 1000).toISOString().slice(0, 19);
    return { timestampValue: `${toSecond}.${String(micros).padStart(6, '0')}Z` };
  });

const scalar = fc.oneof(
  fc.constant<JsonValue>({ nullValue: null }),
  fc.boolean().map((value): JsonValue => ({ booleanValue: value })),
  fc.integer().map((value): JsonValue => ({ integerValue: String(value) })),
  fc
    .integer({ min: -(10 ** 14), max: 10 ** 14 })
    .map((value): JsonValue => ({ integerValue: String(value) })),
  number.map((value): JsonValue => ({ doubleValue: value })),
  fc.constantFrom('NaN', 'Infinity', '-Infinity').map((value): JsonValue => ({ doubleValue: value })),
  text.map((value): JsonValue => ({ stringValue: value })),
  time,
);

const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 6 }).map((values): JsonValue => ({ arrayValue: { values } })),
    fc.dictionary(name, tie('value'), { maxKeys: 8 }).map((fields): JsonValue => ({ mapValue: { fields } })),
  ),
})).value;

const id = fc.constantFrom(
  'ann',
  'user-17',
  'größe',
  '用户',
  '🦊',
  'a_b',
  'x"y',
  'a\\b',
  "o'neil",
  '2026-11-22',
);
const topLevelName = fc.oneof(
  fc.constantFrom('trades', 'heatmap', 'performance', 'risk', 'summary', 'mood'),
  name,
);

export const ordinaryEntry: fc.Arbitrary<ArbitraryEntry> = fc
  .record({
    userId: id,
    date: id,
    second: fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }),
    fields: fc.dictionary(topLevelName, value, { maxKeys: 10 }),
  })
  .map(({ userId, date, second, fields }) => ({
    userId,
    date,
    updateTime: `${new Date(second * 1000).toISOString().slice(0, 19)}.123456Z`,
    document: {
      name: `projects/demo/databases/(default)/documents/users/${userId}/trading-journal/${date}`,
      fields,
    },
  }));

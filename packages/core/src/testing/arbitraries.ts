import * as fc from 'fast-check';
import type { JsonDocument, JsonDouble, JsonFields, JsonValue } from './firestore-json.ts';

/** Any document that Firestore can hold, in Firestore's JSON, with a liking for what is hard to carry over. */

const database = 'projects/demo-project/databases/(default)/documents';

const text = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '"',
      '\\',
      '\n\t\u0000\u001f',
      '\u007f',
      'é',
      '\u2028',
      '🦊',
      '\ufeff\ufffd',
      'x'.repeat(700),
    ),
  },
);

const hardNames =
  '__proto__ constructor toString hasOwnProperty length S N M L compressed encoding userId date metadata source data ' +
  'dateKey updatedAt value __type__ a.b größe 0';
const defaultedNames = ['trades', 'heatmap', 'performance', 'risk', 'summary'];

export const fieldName = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 10 }) },
  { weight: 2, arbitrary: fc.constantFrom(...hardNames.split(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }) },
);

const topLevelName = fc.oneof(
  { weight: 1, arbitrary: fieldName },
  { weight: 1, arbitrary: fc.constantFrom(...defaultedNames, 'userId', 'date', 'metadata') },
);

function jsonDouble(value: number): JsonDouble {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return Object.is(value, -0) ? '-0' : value;
}

const bordersOfDynamoDb = [1e-130, 9.9e-131, 1e126, 9.99999999999999e125, 5e-324, 1.7976931348623157e308];
const bordersOfNotation = [
  2 ** 53,
  2 ** 63,
  1e21,
  1e20,
  1e-7,
  1e-6,
  0.1 + 0.2,
  1e13,
  9999999999999.99,
  0.005,
  -0.015,
  99999999999.995,
];

const anyDouble = fc.oneof(
  fc.double(),
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(...bordersOfDynamoDb, ...bordersOfNotation),
);
const double = anyDouble.map((value): JsonValue => ({ doubleValue: jsonDouble(value) }));

const integer = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer().map(BigInt),
    fc.constantFrom(
      0n,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n) - 1n,
      2n ** 49n,
      2n ** 31n,
      -(2n ** 31n),
      -1n,
    ),
  )
  .map((value): JsonValue => ({ integerValue: String(value) }));

const timestamp = fc
  .record({
    second: fc.oneof(
      fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      fc.constantFrom(0, -1, -62_135_596_800, 253_402_300_799, 951_782_400, 4_107_542_399),
    ),
    nanos: fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.constantFrom(0, 999, 1000, 999_999_999)),
  })
  .map(({ second, nanos }): JsonValue => {
    const toSecond = new Date(second * 1000).toISOString().slice(0, 19);
    return { timestampValue: `${toSecond}.${String(nanos).padStart(9, '0')}Z` };
  });

const reference = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 8 }).map((id) => `${database}/users/${id}`),
    fc.string({ maxLength: 8 }).map((id) => `projects/other/databases/(default)/documents/users/${id}`),
    fc.constantFrom(`${database}/`, database, 'odd'),
  )
  .map((name): JsonValue => ({ referenceValue: name }));

const geoPoint = fc
  .record({ latitude: anyDouble, longitude: anyDouble }, { requiredKeys: [] })
  .map(({ latitude, longitude }): JsonValue => ({
    geoPointValue: {
      latitude: latitude === undefined ? undefined : jsonDouble(latitude),
      longitude: longitude === undefined ? undefined : jsonDouble(longitude),
    },
  }));

const vector = fc.array(double, { maxLength: 6 }).map((values): JsonValue => ({
  mapValue: { fields: { __type__: { stringValue: '__vector__' }, value: { arrayValue: { values } } } },
}));

const scalar = fc.oneof(
  { weight: 1, arbitrary: fc.constant<JsonValue>({ nullValue: null }) },
  { weight: 1, arbitrary: fc.boolean().map((value): JsonValue => ({ booleanValue: value })) },
  { weight: 3, arbitrary: integer },
  { weight: 4, arbitrary: double },
  { weight: 2, arbitrary: timestamp },
  { weight: 4, arbitrary: text.map((value): JsonValue => ({ stringValue: value })) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 20 })
      .map((bytes): JsonValue => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
  },
  { weight: 1, arbitrary: reference },
  { weight: 1, arbitrary: geoPoint },
  { weight: 1, arbitrary: vector },
);

function fieldsOf(entries: readonly (readonly [string, JsonValue])[]): JsonFields {
  return Object.fromEntries(entries);
}

export const firestoreValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }).map((values): JsonValue => ({ arrayValue: { values } })),
    fc
      .array(fc.tuple(fieldName, tie('value')), { maxLength: 5 })
      .map((entries): JsonValue => ({ mapValue: { fields: fieldsOf(entries) } })),
    // What merely resembles a vector is a map.
    fc.tuple(tie('value'), fc.constantFrom('__vector__', 'vector')).map(([value, type]): JsonValue => ({
      mapValue: { fields: { value, __type__: { stringValue: type } } },
    })),
  ),
})).value;

/** An id of a user or a date, as a path may hold it. */
export const documentId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((id) => !id.includes('/')),
  fc.constantFrom('2026-11-22', 'a_b', 'ß"\\', '用户', '🦊'),
);

export interface ArbitraryEntry {
  readonly userId: string;
  readonly date: string;
  /** Six digits, as a `SourceEntry` has it. */
  readonly updateTime: string;
  readonly document: JsonDocument;
}

export const firestoreEntry: fc.Arbitrary<ArbitraryEntry> = fc
  .record({
    userId: documentId,
    date: documentId,
    second: fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }),
    fields: fc.array(fc.tuple(topLevelName, firestoreValue), { maxLength: 10 }),
  })
  .map(({ userId, date, second, fields }) => {
    const updateTime = `${new Date(second * 1000).toISOString().slice(0, 19)}.123456Z`;
    const name = `${database}/users/${userId}/trading-journal/${date}`;
    return { userId, date, updateTime, document: { name, fields: fieldsOf(fields), updateTime } };
  });

import { describe, expect, it } from 'vitest';
import { mapEntry } from '../mapping/map-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import type { JsonFields, JsonValue } from '../testing/firestore-json.ts';
import { diffEntry } from './diff-entry.ts';

const migratedAt = '2026-11-22T09:10:51.123Z';
const updateTime = '2026-11-20T18:30:00.123456Z';
const name = 'projects/demo/databases/(default)/documents/users/ada/trading-journal/2026-11-20';

function entryWith(fields: JsonFields): SourceEntry {
  return { userId: 'ada', date: '2026-11-20', updateTime, document: encodeDocument({ name, fields }) };
}

function itemWith(fields: StoredItem, metadata: StoredItem = {}): StoredItem {
  const data: StoredItem = {
    userId: { S: 'ada' },
    date: { S: '2026-11-20' },
    trades: { L: [] },
    heatmap: { M: {} },
    performance: { M: {} },
    risk: { M: {} },
    summary: { M: {} },
    ...fields,
    metadata: {
      M: {
        migratedFrom: { S: 'firestore' },
        migratedAt: { S: migratedAt },
        originalTimestamp: { S: updateTime },
        ...metadata,
      },
    },
  };
  return { dateKey: { S: 'journal_ada_2026-11-20' }, data: { M: data }, updatedAt: { S: migratedAt } };
}

function differences(value: JsonValue, stored: StoredAttribute): readonly object[] {
  return diffEntry(entryWith({ a: value }), itemWith({ a: stored })).differences;
}

const equal: readonly object[] = [];

describe('numbers', () => {
  it.each([
    ['1000000000000000000000', 1e21],
    ['1E+21', 1e21],
    ['1e21', 1e21],
    ['0.0000001', 1e-7],
    ['1.50', 1.5],
    ['+1.5', 1.5],
    ['.5', 0.5],
    ['15e-1', 1.5],
    ['00', 0],
    ['-0.0', 0],
  ])('%s is the double %s', (stored, doubleValue) => {
    expect(differences({ doubleValue }, { N: stored })).toEqual(equal);
  });

  it('is 0 for the double -0', () => {
    expect(differences({ doubleValue: '-0' }, { N: '0' })).toEqual(equal);
  });

  it.each(['1.5000000000000001', '1.49', '-1.5', '15', '', 'x', '1.5e', '1.5e1'])(
    '%s is not 1.5',
    (stored) => {
      expect(differences({ doubleValue: 1.5 }, { N: stored })).toEqual([
        { at: 'data.a', expected: '{"N":"1.5"}', actual: JSON.stringify({ N: stored }) },
      ]);
    },
  );

  it('keeps all digits of integers apart', () => {
    const integer: JsonValue = { integerValue: '9007199254740993' };
    expect(differences(integer, { N: '9007199254740993' })).toEqual(equal);
    expect(differences(integer, { N: '9007199254740992' })).toHaveLength(1);
  });

  it('notices a number that became text, and text that became a number', () => {
    expect(differences({ integerValue: '1' }, { S: '1' })).toHaveLength(1);
    expect(differences({ stringValue: '1' }, { N: '1' })).toHaveLength(1);
  });
});

describe('text', () => {
  it('keeps a byte order mark', () => {
    expect(differences({ stringValue: '\ufeffx' }, { S: '\ufeffx' })).toEqual(equal);
    expect(differences({ stringValue: '\ufeffx' }, { S: 'x' })).toHaveLength(1);
  });

  it('of a reference is the path below the database, or all of it where nothing is below', () => {
    const database = 'projects/demo/databases/(default)/documents/';
    expect(differences({ referenceValue: `${database}users/ada` }, { S: 'users/ada' })).toEqual(equal);
    expect(differences({ referenceValue: database }, { S: database })).toEqual(equal);
    expect(differences({ referenceValue: database }, { S: '' })).toHaveLength(1);
  });
});

describe('the path of a difference', () => {
  it('leads to the value, with names that would blur it quoted', () => {
    const entry = entryWith({
      trades: { arrayValue: { values: [{ mapValue: { fields: { 'a.b': { integerValue: '1' } } } }] } },
    });
    const item = itemWith({
      trades: { L: [{ M: { 'a.b': { N: '2' }, more: { NULL: true } } }, { S: 'x' }] },
    });
    expect(diffEntry(entry, item).differences).toEqual([
      { at: 'data.trades[0]["a.b"]', expected: '{"N":"1"}', actual: '{"N":"2"}' },
      { at: 'data.trades[0].more', actual: '{"NULL":true}' },
      { at: 'data.trades[1]', actual: '{"S":"x"}' },
    ]);
  });

  it('says what is missing, without an actual side', () => {
    expect(diffEntry(entryWith({ mood: { stringValue: 'calm' } }), itemWith({})).differences).toEqual([
      { at: 'data.mood', expected: '{"S":"calm"}' },
    ]);
  });

  it('says what is extra, also where as much is missing', () => {
    const entry = entryWith({ a: { mapValue: { fields: { price: { integerValue: '1' } } } } });
    expect(diffEntry(entry, itemWith({ a: { M: { cost: { N: '1' } } } })).differences).toEqual([
      { at: 'data.a.price', expected: '{"N":"1"}' },
      { at: 'data.a.cost', actual: '{"N":"1"}' },
    ]);
  });

  it('is a default or a geo point as a whole if it has another size', () => {
    const entry = entryWith({ a: { geoPointValue: { latitude: 1, longitude: 2 } } });
    const item = itemWith({ a: { M: {} }, trades: { L: [{ S: 'x' }] } });
    expect(diffEntry(entry, item).differences).toEqual([
      { at: 'data.a', expected: '{"M":{"latitude":…,"longitude":…}}', actual: '{"M":{}}' },
      { at: 'data.trades', expected: '{"L":[]}', actual: '{"L":[{"S":"x"}]}' },
    ]);
  });

  it("is also a value's that can't be read, which spoils no other one", () => {
    const entry = entryWith({ a: { stringValue: 'zz' }, b: { integerValue: '1' } });
    const document = Buffer.from(entry.document);
    document.fill(0xff, document.indexOf('zz'), document.indexOf('zz') + 2);
    const item = itemWith({ a: { S: 'zz' }, b: { N: '2' } });
    expect(diffEntry({ ...entry, document }, item).differences).toEqual([
      {
        at: 'data.a',
        expected: 'an entry that can be read (a string or a name in it is not UTF-8)',
        actual: '{"S":"zz"}',
      },
      { at: 'data.b', expected: '{"N":"1"}', actual: '{"N":"2"}' },
    ]);
  });

  it('cuts what is too long to read', () => {
    const [difference] = diffEntry(
      entryWith({ a: { stringValue: 'x'.repeat(9999) } }),
      itemWith({}),
    ).differences;
    expect(difference?.expected?.length).toBeLessThan(250);
  });
});

describe('the provenance', () => {
  it('may be of any run, as long as updatedAt is the same', () => {
    const other = { S: '2027-01-01T00:00:00.000Z' };
    const item = itemWith({}, { migratedAt: other });
    expect(diffEntry(entryWith({}), item).differences).toEqual([
      { at: 'updatedAt', expected: JSON.stringify(other), actual: JSON.stringify({ S: migratedAt }) },
    ]);
    expect(diffEntry(entryWith({}), { ...item, updatedAt: other }).differences).toEqual(equal);
  });

  it('tells that the entry changed in Firestore since', () => {
    const entry = { ...entryWith({}), updateTime: '2026-11-21T00:00:00.000000Z' };
    expect(diffEntry(entry, itemWith({}))).toEqual({
      differences: [
        {
          at: 'data.metadata.originalTimestamp',
          expected: '{"S":"2026-11-21T00:00:00.000000Z"}',
          actual: `{"S":"${updateTime}"}`,
        },
      ],
      sameVersion: false,
    });
  });

  it('notices a source that the entry does not have', () => {
    const item = itemWith({}, { source: { M: { userId: { S: 'x' } } } });
    expect(diffEntry(entryWith({}), item).differences.map(({ at }) => at)).toEqual(['data.metadata.source']);
  });
});

describe('an item that has nothing of the entry', () => {
  it.each<[string, StoredItem]>([
    ['empty', {}],
    ['with data of another kind', { data: { S: 'x' } }],
    ['with metadata of another kind', { data: { M: { metadata: { L: [] } } } }],
    ['that says it is compressed and is not', itemWith({}, { encoding: { S: 'gzip' } })],
    ['with a broken compressed part', itemWith({ compressed: { B: 'AAAA' } }, { encoding: { S: 'gzip' } })],
    ['of an unknown encoding', itemWith({}, { encoding: { S: 'zip' } })],
  ])('%s: is different', (_, item) => {
    expect(diffEntry(entryWith({}), item).differences).not.toEqual(equal);
  });

  it('notes ten differences at most, or as many as asked for', () => {
    const fields = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, { integerValue: '1' }]));
    expect(diffEntry(entryWith(fields), itemWith({})).differences).toHaveLength(10);
    expect(diffEntry(entryWith(fields), itemWith({}), 3).differences).toHaveLength(3);
  });
});

it('compares names that every object inherits as names', () => {
  const fields = Object.fromEntries([
    ['__proto__', { stringValue: 'x' }],
    ['constructor', { nullValue: null }],
  ] as const);
  const entry = entryWith(fields);
  expect(diffEntry(entry, itemWith({})).differences.map(({ at }) => at)).toEqual([
    'data.__proto__',
    'data.constructor',
  ]);
  const mapped = mapEntry(entry, { migratedAt, oversize: 'fail' });
  if (!mapped.ok) throw new Error(mapped.message);
  const stored = JSON.parse(Buffer.from(mapped.item.json).toString()) as StoredItem;
  expect(diffEntry(entry, stored).differences).toEqual(equal);
  expect(diffEntry(entryWith({}), stored).differences.map(({ at }) => at)).toEqual([
    'data.__proto__',
    'data.constructor',
  ]);
});

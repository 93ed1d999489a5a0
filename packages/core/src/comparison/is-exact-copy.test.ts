import { describe, expect, it } from 'vitest';
import { mapEntry } from '../mapping/map-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import type { JsonFields, JsonValue } from '../testing/firestore-json.ts';
import { isExactCopy, migratedAtOfExactCopy } from './is-exact-copy.ts';

const migratedAt = '2026-11-22T09:10:51.123Z';
const updateTime = '2026-11-20T18:30:00.123456Z';
const name = 'projects/demo/databases/(default)/documents/users/ada/trading-journal/2026-11-20';

function entryWith(fields: JsonFields): SourceEntry {
  return { userId: 'ada', date: '2026-11-20', updateTime, document: encodeDocument({ name, fields }) };
}

function itemOf(entry: SourceEntry, oversize: 'fail' | 'gzip' = 'fail'): string {
  const mapped = mapEntry(entry, { migratedAt, oversize });
  if (!mapped.ok) throw new Error(mapped.message);
  return Buffer.from(mapped.item.json).toString();
}

/** Whether the value is known in the given form. */
function knows(value: JsonValue, stored: string): boolean {
  const entry = entryWith({ a: value });
  const json = itemOf(entry).replace(/"a":\{.*?\}(?=[,}])/, `"a":${stored}`);
  expect(() => JSON.parse(json) as unknown).not.toThrow();
  return isExactCopy(entry, Buffer.from(json));
}

describe('a number', () => {
  it.each([
    ['1.5', 1.5],
    ['1.50', 1.5],
    ['-0.25', -0.25],
    ['0', 0],
    ['100', 100],
    ['0.30000000000000004', 0.1 + 0.2],
    ['123456789012345', 123_456_789_012_345],
    ['1e+21', 1e21],
  ])('%s is the double %s', (stored, doubleValue) => {
    expect(knows({ doubleValue }, `{"N":"${stored}"}`)).toBe(true);
  });

  it.each(['1.5000000000000001', '1.49', '-1.5', '15', '', 'x', '1.5e', '1.', '.5', '1.5.', '1 5'])(
    '%j is not 1.5 for all it knows',
    (stored) => {
      expect(knows({ doubleValue: 1.5 }, `{"N":"${stored}"}`)).toBe(false);
    },
  );

  it.each([
    ['7', '7', true],
    ['-7', '-7', true],
    ['0', '0', true],
    ['-562949953421312', '-562949953421312', true],
    ['-562949953421313', '-562949953421313', false],
    ['9007199254740993', '9007199254740993', false],
    ['7', '7.0', false],
    ['7', '', false],
    ['7', '-', false],
  ])('the integer %s as %j: %s', (integerValue, stored, known) => {
    expect(knows({ integerValue }, `{"N":"${stored}"}`)).toBe(known);
  });

  it('is not known if its varint does not end with the tenth byte', () => {
    // A negative one has ten bytes, the last of which is 1.
    for (const value of [{ integerValue: '-1' }, { timestampValue: '1969-12-31T23:59:59Z' }]) {
      const entry = entryWith({ a: value });
      const json = Buffer.from(itemOf(entry));
      expect(isExactCopy(entry, json)).toBe(true);
      const document = Buffer.from(entry.document);
      document[document.indexOf(Buffer.from('ffffffffffffffffff01', 'hex')) + 9] = 0x81;
      expect(isExactCopy({ ...entry, document }, json)).toBe(false);
    }
  });

  it('that is none is text', () => {
    expect(knows({ doubleValue: 'Infinity' }, '{"S":"Infinity"}')).toBe(true);
    expect(knows({ doubleValue: 'NaN' }, '{"S":"NaN"}')).toBe(true);
    expect(knows({ doubleValue: 'Infinity' }, '{"S":"-Infinity"}')).toBe(false);
    expect(knows({ doubleValue: 1.5 }, '{"S":"1.5"}')).toBe(false);
  });
});

describe('text', () => {
  const stringValue = 'a"\\/\n\té🦊';
  it.each([
    ['in the usual escapes', '{"S":"a\\"\\\\/\\n\\té🦊"}', true],
    ['in long escapes', '{"S":"\\u0061\\u0022\\u005C\\/\\u000a\\u0009é🦊"}', true],
    ['in escapes beyond ASCII', '{"S":"a\\"\\\\/\\n\\t\\u00e9🦊"}', false],
    ['with more', '{"S":"a\\"\\\\/\\n\\té🦊x"}', false],
    ['with less', '{"S":"a\\"\\\\/\\n\\té"}', false],
  ])('%s', (_, stored, known) => {
    expect(knows({ stringValue }, stored)).toBe(known);
  });

  it('that is no UTF-8 is never known', () => {
    const [broken, whole] = [Buffer.from('zz'), Buffer.from('zz')];
    broken.fill(0xff);
    const entry = entryWith({ a: { stringValue: 'zz' } });
    const swap = (bytes: Uint8Array): Buffer => {
      const copy = Buffer.from(bytes);
      broken.copy(copy, copy.indexOf(whole));
      return copy;
    };
    const json = Buffer.from(itemOf(entry));
    expect(isExactCopy(entry, json)).toBe(true);
    expect(isExactCopy({ ...entry, document: swap(entry.document) }, swap(json))).toBe(false);
  });
});

describe('names', () => {
  it('that stand twice are never known', () => {
    const entry = entryWith({ a: { nullValue: null }, b: { nullValue: null } });
    const json = itemOf(entry);
    expect(isExactCopy(entry, Buffer.from(json))).toBe(true);
    expect(isExactCopy(entry, Buffer.from(json.replace('"b":', '"a":')))).toBe(false);
    for (const twice of [
      '"userId":{"S":"ada"}',
      '"trades":{"L":[]}',
      '"migratedFrom":{"S":"firestore"}',
      '"a":{"NULL":true}',
    ])
      expect(isExactCopy(entry, Buffer.from(json.replace(twice, `${twice},${twice}`)))).toBe(false);
  });

  it('of what `data` holds itself are not taken for a field of the entry', () => {
    const entry = entryWith({ userId: { integerValue: '5' } });
    const json = itemOf(entryWith({})).replace('"userId":', '"userId":{"N":"5"},"userId":');
    expect(isExactCopy(entry, Buffer.from(json))).toBe(false);
  });

  it('with what JSON has to escape are known by their escapes alone', () => {
    const entry = entryWith({ 'a":{"NULL":true},"b': { nullValue: null } });
    const json = itemOf(entry);
    expect(isExactCopy(entry, Buffer.from(json.replaceAll('\\"', '"')))).toBe(false);
  });

  it('are looked for on both sides of the last one', () => {
    const entry = entryWith({
      a: { nullValue: null },
      b: { booleanValue: true },
      c: { booleanValue: false },
    });
    const json = itemOf(entry)
      .replace('"a":{"NULL":true}', '"x"')
      .replace('"c":{"BOOL":false}', '"a":{"NULL":true}')
      .replace('"x"', '"c":{"BOOL":false}');
    expect(isExactCopy(entry, Buffer.from(json))).toBe(true);
  });

  it('of a vector make no map', () => {
    const fields = { __type__: { stringValue: '__vector__' }, value: { arrayValue: { values: [] } } };
    const vector: JsonValue = { mapValue: { fields } };
    expect(knows(vector, '{"M":{"__type__":{"S":"__vector__"},"value":{"L":[]}}}')).toBe(false);
  });
});

describe('an item', () => {
  it('of another time, run or owner is not known as this one', () => {
    const entry = entryWith({});
    const json = itemOf(entry);
    for (const [from, to] of [
      [updateTime, '2026-11-20T18:30:00.123457Z'],
      ['"updatedAt":{"S":"2026', '"updatedAt":{"S":"2027'],
      ['"firestore"', '"elsewhere"'],
      ['journal_ada_', 'journal_bob_'],
      ['"userId":{"S":"ada"}', '"userId":{"S":"bob"}'],
      ['}}', '}} '],
    ] as const) {
      expect(json).toContain(from);
      expect(isExactCopy(entry, Buffer.from(json.replace(from, to)))).toBe(false);
    }
    expect(migratedAtOfExactCopy(entry, Buffer.from(json.replaceAll('2026-11-22', '2026-12-24')))).toBe(
      '2026-12-24T09:10:51.123Z',
    );
  });

  it('is known by its own run, whatever the run of the item before', () => {
    const entry = entryWith({});
    for (const time of ['2026-11-22T09:10:51.123Z', '', 'now', '2027-01-01T00:00:00.000Z', 'now']) {
      const json = itemOf(entry).replaceAll(migratedAt, time);
      expect(migratedAtOfExactCopy(entry, Buffer.from(json))).toBe(time);
    }
    const escaped = itemOf(entry).replaceAll(migratedAt, '\\u0032026-11-22T09:10:51.123Z');
    expect(isExactCopy(entry, Buffer.from(escaped))).toBe(false);
  });

  it('that is compressed, or has fields that had to move, is left to diffEntry', () => {
    const large = entryWith({ a: { stringValue: 'x'.repeat(500_000) } });
    expect(isExactCopy(large, Buffer.from(itemOf(large, 'gzip')))).toBe(false);
    const moved = entryWith({ metadata: { nullValue: null } });
    expect(isExactCopy(moved, Buffer.from(itemOf(moved)))).toBe(false);
  });
});

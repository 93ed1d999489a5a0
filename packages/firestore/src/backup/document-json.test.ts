import { encodeDocument, firestoreEntry, type JsonDocument } from '@migrator/core/testing';
import * as fc from 'fast-check';
import { Writer } from 'protobufjs/minimal.js';
import { expect, test } from 'vitest';

import { entryLine, nameIn, parseEntryLine } from './backup-lines.ts';
import { documentJson } from './document-json.ts';
import { parseDocument } from './json-document.ts';

const name = 'projects/p/databases/(default)/documents/users/ann/trading-journal/2026-01-01';

test('any document is the same bytes after its line', () => {
  fc.assert(
    fc.property(firestoreEntry, ({ document, ...entry }) => {
      const bytes = encodeDocument(document);
      const line = entryLine({ ...entry, document: bytes });
      expect(line).not.toContain('\n');
      expect(nameIn(line)).toBe(document.name);
      const read = parseEntryLine(line);
      expect(Buffer.from(read.document)).toEqual(Buffer.from(bytes));
      expect(read).toMatchObject({ userId: entry.userId, date: entry.date, updateTime: entry.updateTime });
    }),
  );
});

test("it is Firestore's own JSON, unless only the bytes can say it", () => {
  const document: JsonDocument = {
    name,
    fields: {
      all: {
        arrayValue: {
          values: [
            { nullValue: null },
            { booleanValue: false },
            { integerValue: '-9223372036854775808' },
            { doubleValue: 0.1 },
            { doubleValue: 'NaN' },
            { doubleValue: '-Infinity' },
            { timestampValue: '2026-11-20T18:00:00.000000001Z' },
            { timestampValue: '1969-12-31T23:59:59.500Z' },
            { stringValue: 'a "quoted" \\ line\n' },
            { bytesValue: 'AAEC' },
            { referenceValue: `${name}/x/y` },
            { geoPointValue: { latitude: 1.5 } },
            { arrayValue: {} },
            { mapValue: {} },
          ],
        },
      },
      vector: {
        mapValue: {
          fields: {
            __type__: { stringValue: '__vector__' },
            value: { arrayValue: { values: [{ doubleValue: 1 }] } },
          },
        },
      },
    },
    createTime: '2026-11-20T18:00:00Z',
    updateTime: '2026-11-20T18:30:00.123456Z',
  };
  const line = entryLine({
    userId: 'ann',
    date: '2026-01-01',
    updateTime: '',
    document: encodeDocument(document),
  });
  expect(JSON.parse(line)).toEqual(document);
  expect(Object.is(numberIn('-0'), -0)).toBe(true);
  expect(numberIn('1e+21')).toBe(1e21);
});

test('fields keep their order, and equal names stay', () => {
  const json = `{"name":"${name}","fields":{"b":{"nullValue":null},"10":{"nullValue":null},"2":{"nullValue":null},"2":{"booleanValue":true}}}`;
  expect(documentJson(parseDocument(json).document)).toBe(json);
});

test.each([
  ['a kind of value that is not known', Writer.create().uint32(162).string('?')],
  [
    'text that is not UTF-8',
    Writer.create()
      .uint32(138)
      .bytes(Buffer.from([0xff])),
  ],
  ['two kinds in one value', Writer.create().uint32(8).bool(true).uint32(8).bool(false)],
  [
    'a varint that is longer than it needs to be',
    Writer.create()
      .uint32(8)
      .bytes(Buffer.from([0x80])),
  ],
  [
    'a time that no calendar has',
    Writer.create()
      .uint32(82)
      .bytes(Buffer.from([8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
  ],
  ['another NaN', Writer.create().uint32(25).fixed64('9221120237041090561')],
  ['no kind', Writer.create()],
])('%s is kept as bytes', (_, value) => {
  const document = Writer.create()
    .uint32(10)
    .string(name)
    .uint32(18)
    .fork()
    .uint32(10)
    .string('field')
    .uint32(18)
    .bytes(value.finish())
    .ldelim()
    .finish();
  const entry = { userId: 'ann', date: '2026-01-01', updateTime: '2026-11-20T18:30:00.123456Z', document };
  const line = entryLine(entry);
  expect(JSON.parse(line)).toMatchObject({ encoded: Buffer.from(document).toString('base64') });
  expect(parseEntryLine(line)).toEqual({ ...entry, document: Buffer.from(document) });
});

test.each([
  '',
  '{}x',
  '{ }',
  '{"name":"n"',
  '{"name":5}',
  '{"name":"n","fields":{"x":{}}}',
  '{"name":"n","fields":{"x":{"nullValue":null,"booleanValue":true}}}',
  '{"name":"n","fields":{"x":{"integerValue":"9223372036854775808"}}}',
  '{"name":"n","fields":{"x":{"integerValue":5}}}',
  '{"name":"n","fields":{"x":{"doubleValue":"5"}}}',
  '{"name":"n","fields":{"x":{"bytesValue":"A"}}}',
  '{"name":"n","fields":{"x":{"timestampValue":"2026-13-01T00:00:00Z"}}}',
  '{"name":"n","fields":{"x":{"madeUpValue":1}}}',
])('%s is no document', (text) => {
  expect(() => parseDocument(text)).toThrow(SyntaxError);
});

test('a damaged line does not exhaust the stack', () => {
  const deep = '{"mapValue":{"fields":{"x":'.repeat(100_000);
  expect(() => parseDocument(`{"name":"n","fields":{"x":${deep}`)).toThrow(SyntaxError);
});

/** What a double's JSON comes back as, which must be the same text. */
function numberIn(text: string): unknown {
  const { document: bytes } = parseDocument(`{"name":"n","fields":{"x":{"doubleValue":${text}}}}`);
  const [, found] = /"doubleValue":([^}]*)/.exec(documentJson(bytes) ?? '') ?? [];
  expect(found).toBe(text);
  return Number(found);
}

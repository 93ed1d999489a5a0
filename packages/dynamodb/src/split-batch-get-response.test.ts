import type { StoredAttribute, StoredItem } from '@migrator/core';
import { anyShuffle, encodeDocument, firestoreEntry, plainItem, runs } from '@migrator/core/testing';
import {
  array,
  assert,
  boolean,
  constantFrom,
  oneof,
  option,
  property,
  record,
  shuffledSubarray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { splitBatchGetResponse } from './split-batch-get-response.ts';

const rest = {
  UnprocessedKeys: { 'a"b': { Keys: [{ dateKey: { S: 'journal_a_1' } }], ConsistentRead: true } },
  ConsumedCapacity: [{ TableName: 'a"b', CapacityUnits: 1.5 }],
  Odd: null,
  Odder: 'text, with [brackets} and "quotes"',
};

function cut(text: string): { items: Record<string, unknown>; rest: object } | undefined {
  const answer = splitBatchGetResponse(Buffer.from(text));
  if (answer === undefined) return undefined;
  const items = [...answer.items].map(([key, json]) => [
    key,
    JSON.parse(Buffer.from(json).toString()) as unknown,
  ]);
  return { items: Object.fromEntries(items) as Record<string, unknown>, rest: answer.rest };
}

test('items come out as they are, and so does the rest, whatever they hold', () => {
  const items = array(firestoreEntry, { maxLength: 5 });
  assert(
    property(items, anyShuffle, boolean(), (entries, shuffle, isPretty) => {
      const stored = entries.map(({ document, ...ref }, index) => ({
        ...plainItem({ ...ref, document: encodeDocument(document) }, '2026-11-22T00:00:00.000Z'),
        dateKey: { S: `key ${index}` },
      }));
      const shuffled = stored.map((item) => shuffle(item as StoredItem).toString());
      const compact = `{"Responses":{"t\\n":[${shuffled.join(',')}]},${JSON.stringify(rest).slice(1)}`;
      const text = isPretty ? JSON.stringify(JSON.parse(compact), undefined, 1) : compact;
      expect(cut(text)).toEqual({
        items: Object.fromEntries(stored.map((item) => [item.dateKey.S, item])),
        rest,
      });
    }),
    runs(0.05),
  );
});

const journalNames = shuffledSubarray(['data', 'dateKey', 'updatedAt'], { minLength: 3 });
/** What looks like the end of an item or like its key, and is in an item. */
const misleading = constantFrom<StoredAttribute>(
  { S: '}},{"data":{"M":{' },
  { S: '"dateKey":{"S":"journal_a_1"}' },
  { S: '\\' },
  { S: '\\"},{"dateKey":{"S":"x"}' },
  { M: { dateKey: { S: 'journal_a_1' } } },
  { M: { dateKey: { S: 'journal_a_1' }, updatedAt: { S: 'x' } } },
  { M: { x: { L: [{ M: { dateKey: { S: 'journal_a_1' } } }] }, dateKey: { M: { dateKey: { S: 'x' } } } } },
  { L: [{ M: { a: { NULL: true }, dateKey: { S: 'x' } } }, { M: { data: { M: {} } } }] },
  { SS: ['dateKey', ',{"dateKey":{"S":"x"}}'] },
  { M: { apiKey: { S: 'x' }, Key: { M: {} } } },
);
const foreignItem = record({
  name: constantFrom('a', 'data', 'updatedAt', 'dateKeys', 'Key', '"dateKey'),
  value: misleading,
  keyIsFirst: boolean(),
});

test('items of one order are cut out of one another, whatever looks like a key or an end', () => {
  const item = oneof(
    record({ order: journalNames, fields: array(misleading, { maxLength: 3 }) }),
    record({ order: journalNames, fields: array(misleading, { maxLength: 3 }), foreign: foreignItem }),
  );
  assert(
    property(array(item, { maxLength: 6 }), option(journalNames), boolean(), (all, order, hasRest) => {
      const texts = all.map((each, index) => {
        const key = `"dateKey":{"S":${JSON.stringify(`key ${index}`)}}`;
        if ('foreign' in each) {
          const { name, value, keyIsFirst } = each.foreign as {
            name: string;
            value: StoredAttribute;
            keyIsFirst: boolean;
          };
          const other = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
          return `{${keyIsFirst ? `${key},${other}` : `${other},${key}`}}`;
        }
        const fields = Object.fromEntries(each.fields.map((field, place) => [`f${place}`, field]));
        const members: Record<string, string> = {
          dateKey: key,
          data: `"data":${JSON.stringify({ M: fields })}`,
          updatedAt: `"updatedAt":{"S":"2026-11-22T00:00:00.000Z"}`,
        };
        return `{${(order ?? each.order).map((name) => members[name]).join(',')}}`;
      });
      const behind = hasRest ? `,${JSON.stringify(rest).slice(1)}` : '}';
      const answer = Buffer.from(`{"Responses":{"t":[${texts.join(',')}]}${behind}`);
      const found = [...(splitBatchGetResponse(answer)?.items ?? [])].map(([key, json]) => [
        key,
        Buffer.from(json).toString(),
      ]);
      expect(found).toEqual(texts.map((text, index) => [`key ${index}`, text]));
    }),
    runs(0.5),
  );
});

test('an answer that ends early is none', () => {
  const text =
    '{"Responses":{"t":[{"data":{"M":{"a":{"S":"b"}}},"dateKey":{"S":"k1"}},{"data":{"M":{}},"dateKey":{"S":"k2"}}]}}';
  for (let at = 0; at < text.length; at++) expect(cut(text.slice(0, at))).toBeUndefined();
});

test('an item is cut out of the answer, not copied', () => {
  const answer = Buffer.from('{"Responses":{"t":[{"data":{"M":{}},"dateKey":{"S":"k"}}]}}');
  const item = splitBatchGetResponse(answer)?.items.get('k');
  expect(item?.buffer).toBe(answer.buffer);
  expect(Buffer.from(item ?? []).toString()).toBe('{"data":{"M":{}},"dateKey":{"S":"k"}}');
});

test('tells of the memory that nothing but the items lies in', () => {
  const text = Buffer.from('{"Responses":{"t":[{"data":{"M":{}},"dateKey":{"S":"k"}}]}}');
  const alone = Uint8Array.from(text);
  expect(splitBatchGetResponse(alone)?.memory).toBe(alone.buffer);
  const shared = new Uint8Array(text.length + 1);
  shared.set(text);
  expect(splitBatchGetResponse(shared.subarray(0, text.length))?.memory).toBeUndefined();
  // Read by another way, the items lie elsewhere.
  const pretty = Uint8Array.from(Buffer.from(JSON.stringify(JSON.parse(text.toString()), undefined, 1)));
  expect(splitBatchGetResponse(pretty)).toMatchObject({ items: { size: 1 } });
  expect(splitBatchGetResponse(pretty)?.memory).toBeUndefined();
});

test.each(['{}', '{"Responses":{}}', '{"Responses":{"t":[]}}'])('%s holds no items', (text) => {
  expect(cut(text)).toEqual({ items: {}, rest: {} });
});

test('a key may be written in escapes', () => {
  expect(cut('{"Responses":{"t":[{"dateKey":{"S":"\\u006b\\n"}}]}}')?.items).toEqual({
    'k\n': { dateKey: { S: 'k\n' } },
  });
});

test.each([
  '',
  '{',
  '<html>',
  '{"Responses":{"t":[{"dateKey":{"S":"k"}}',
  '{"Responses":{"t":[{"dateKey":{"S":"k',
])('%j is no answer', (text) => {
  expect(cut(text)).toBeUndefined();
});

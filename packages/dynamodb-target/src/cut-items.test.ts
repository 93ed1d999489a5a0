import type { StoredItem } from '@migrator/core';
import { anyShuffle, encodeDocument, firestoreEntry, plainItem, runs } from '@migrator/core/testing';
import { array, assert, boolean, property } from 'fast-check';
import { expect, test } from 'vitest';
import { cutItems } from './cut-items.ts';

const rest = {
  UnprocessedKeys: { 'a"b': { Keys: [{ dateKey: { S: 'journal_a_1' } }], ConsistentRead: true } },
  ConsumedCapacity: [{ TableName: 'a"b', CapacityUnits: 1.5 }],
  Odd: null,
  Odder: 'text, with [brackets} and "quotes"',
};

function cut(text: string): { items: Record<string, unknown>; rest: object } | undefined {
  const answer = cutItems(Buffer.from(text));
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

test('an item is cut out of the answer, not copied', () => {
  const answer = Buffer.from('{"Responses":{"t":[{"data":{"M":{}},"dateKey":{"S":"k"}}]}}');
  const item = cutItems(answer)?.items.get('k');
  expect(item?.buffer).toBe(answer.buffer);
  expect(Buffer.from(item ?? []).toString()).toBe('{"data":{"M":{}},"dateKey":{"S":"k"}}');
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

import type { StoredItem } from '@migrator/core';
import { anyShuffle, encodeDocument, firestoreEntry, plainItem, runs } from '@migrator/core/testing';
import { array, assert, boolean, property } from 'fast-check';
import { expect, test } from 'vitest';
import { splitScanResponse } from './split-scan-response.ts';

const rest = { LastEvaluatedKey: { dateKey: { S: 'a"]}' } }, Count: 2, Odd: null };

function cut(text: string): { items: unknown[]; rest: object } | undefined {
  const answer = splitScanResponse(Buffer.from(text));
  if (answer === undefined) return undefined;
  return {
    items: answer.items.map((json) => JSON.parse(Buffer.from(json).toString()) as unknown),
    rest: answer.rest,
  };
}

test('items come out as they are, and so does the rest, whatever they hold', () => {
  const items = array(firestoreEntry, { maxLength: 5 });
  assert(
    property(items, anyShuffle, boolean(), boolean(), (entries, shuffle, isFirst, isPretty) => {
      const stored = entries.map(({ document, ...ref }) =>
        plainItem({ ...ref, document: encodeDocument(document) }, '2026-11-22T00:00:00.000Z'),
      );
      const list = `"Items":[${stored.map((item: StoredItem) => shuffle(item).toString()).join(',')}]`;
      const others = JSON.stringify(rest).slice(1, -1);
      const compact = isFirst ? `{${list},${others}}` : `{${others},${list}}`;
      const text = isPretty ? JSON.stringify(JSON.parse(compact), undefined, 1) : compact;
      expect(cut(text)).toEqual({ items: stored, rest });
    }),
    runs(0.05),
  );
});

test('an answer that ends early is none', () => {
  const text = '{"Count":2,"Items":[{"dateKey":{"S":"k1"}},{"dateKey":{"S":"k2"}}]}';
  for (let at = 0; at < text.length; at++) expect(cut(text.slice(0, at))).toBeUndefined();
});

test.each(['{}', '{"Items":[]}'])('%s holds no items', (text) => {
  expect(cut(text)).toEqual({ items: [], rest: {} });
});

test('tells of the memory that nothing but the items lies in', () => {
  const answer = Uint8Array.from(Buffer.from('{"Items":[{"dateKey":{"S":"k"}}]}'));
  const split = splitScanResponse(answer);
  expect(split?.memory).toBe(answer.buffer);
  expect(split?.items[0]?.buffer).toBe(answer.buffer);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProvenance } from '../ownership.ts';
import type { StoredItem } from '../ports/target.ts';
import { documentId } from '../testing/arbitraries.ts';
import { anyMutation } from '../testing/mutate-item.ts';
import { runs } from '../testing/runs.ts';
import { anyShuffle } from '../testing/shuffle-item.ts';
import { parseItem, textOf } from '../values/stored-attribute.ts';
import { OwnedTexts } from './owned-texts.ts';

const texts = new OwnedTexts();

/** What a scan with `keysOnly` reads of an item. */
function scanned(userId: string, date: string): StoredItem {
  const migratedAt = { S: '2026-11-22T09:10:51.123Z' };
  const originalTimestamp = { S: '2026-11-20T14:30:15.123456Z' };
  const metadata = { M: { migratedFrom: { S: 'firestore' }, migratedAt, originalTimestamp } };
  const data = { M: { userId: { S: userId }, date: { S: date }, metadata } };
  return { dateKey: { S: `journal_${userId}_${date}` }, data, updatedAt: migratedAt };
}

function found(json: Uint8Array): readonly string[] | undefined {
  if (!texts.find(json)) return undefined;
  return [texts.dateKey, texts.userId, texts.date].map(({ from, to }) =>
    Buffer.from(json.subarray(from, to)).toString(),
  );
}

function parsed(json: Uint8Array): readonly (string | undefined)[] | undefined {
  const item = parseItem(json);
  const provenance = readProvenance(item);
  return provenance && [textOf(item['dateKey']), provenance.userId, provenance.date];
}

const item = fc.tuple(documentId, documentId).map(([userId, date]) => scanned(userId, date));

test('the texts of an owned item are found in any order, unless one has an escape', () => {
  fc.assert(
    fc.property(item, anyShuffle, (stored, shuffle) => {
      const json = shuffle(stored);
      expect(found(json)).toEqual(json.includes('\\'.charCodeAt(0)) ? undefined : parsed(json));
    }),
    runs(0.5),
  );
});

test('no text is found in an item that the migration does not own, and no other text in one that it owns', () => {
  fc.assert(
    fc.property(item, anyMutation, anyShuffle, (stored, mutate, shuffle) => {
      const { item: changed, change } = mutate(stored);
      const json = shuffle(changed);
      const right = parsed(json);
      expect({ change, found: found(json) ?? right }).toEqual({ change, found: right });
    }),
    runs(1),
  );
});

test('an item that ends early, or goes on, is not decided', () => {
  const json = Uint8Array.from(Buffer.from(JSON.stringify(scanned('ann', '2026-11-20'))));
  expect(found(json)).toEqual(['journal_ann_2026-11-20', 'ann', '2026-11-20']);
  for (let length = 0; length < json.length; length++) {
    expect(found(json.subarray(0, length))).toBeUndefined();
    expect(found(json.slice(0, length))).toBeUndefined();
  }
  expect(found(Buffer.concat([json, Buffer.from('}')]))).toBeUndefined();
});

test.each(['dateKey', 'userId', 'date', 'updatedAt', 'migratedFrom', 'migratedAt', 'originalTimestamp'])(
  'a second %s is not decided',
  (name) => {
    const json = JSON.stringify(scanned('ann', '2026-11-20'));
    const field = new RegExp(`"${name}":\\{"S":"[^"]*"\\}`).exec(json)?.[0] ?? '';
    expect(found(Buffer.from(json.replace(field, `${field},${field}`)))).toBeUndefined();
  },
);

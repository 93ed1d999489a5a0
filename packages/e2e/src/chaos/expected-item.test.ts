import { GeoPoint, Timestamp } from 'firebase-admin/firestore';
import { expect, test } from 'vitest';

import { expectedItem, itemDifference } from './expected-item.ts';

const entry = {
  userId: 'alice',
  date: '2026-01-02',
  updateTime: new Timestamp(1_767_312_000, 123_456_000),
  fields: {
    trades: [{ pnl: 1.5, size: 9_007_199_254_740_993n, at: new Timestamp(0, 1_000) }],
    performance: { profitFactor: Number.POSITIVE_INFINITY },
    where: new GeoPoint(1, -2),
    note: null,
  },
};
const migratedAt = '2026-11-22T09:00:00.000Z';

test('an item is what the documentation says', () => {
  expect(expectedItem(entry, migratedAt)).toEqual({
    dateKey: { S: 'journal_alice_2026-01-02' },
    data: {
      M: {
        userId: { S: 'alice' },
        date: { S: '2026-01-02' },
        trades: {
          L: [
            {
              M: {
                pnl: { N: '1.5' },
                size: { N: '9007199254740993' },
                at: { S: '1970-01-01T00:00:00.000001Z' },
              },
            },
          ],
        },
        heatmap: { M: {} },
        performance: { M: { profitFactor: { S: 'Infinity' } } },
        risk: { M: {} },
        summary: { M: {} },
        where: { M: { latitude: { N: '1' }, longitude: { N: '-2' } } },
        note: { NULL: true },
        metadata: {
          M: {
            migratedFrom: { S: 'firestore' },
            migratedAt: { S: migratedAt },
            originalTimestamp: { S: '2026-01-02T00:00:00.123456Z' },
          },
        },
      },
    },
    updatedAt: { S: migratedAt },
  });
});

test('a difference is found wherever it is, and told by its place', () => {
  const expected = expectedItem(entry, migratedAt);
  expect(itemDifference(expected, expectedItem(structuredCloneOf(), migratedAt))).toBeUndefined();
  const changed = expectedItem({ ...entry, fields: { ...entry.fields, note: 'x' } }, migratedAt);
  expect(itemDifference(expected, changed)).toBe('item.data.note');
  const less = expectedItem({ ...entry, fields: { note: null } }, migratedAt);
  expect(itemDifference(expected, less)).toMatch(/^item\.data\.(trades|performance|where)/);
  expect(itemDifference(expected, { ...expected, more: { S: '' } })).toBe('item.more');
});

function structuredCloneOf(): typeof entry {
  return { ...entry, fields: { ...entry.fields } };
}

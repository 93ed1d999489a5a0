import { mapEntry } from '@migrator/core';
import { expect, test } from 'vitest';
import { Dataset, ordinaryBodies, uglyBodies } from './dataset.ts';
import { text } from './wire.ts';

/** Bytes of DynamoDB JSON. */
function sizeOf(body: Uint8Array): number {
  const document = Buffer.concat([
    text(1, 'projects/demo-1x1/databases/(default)/documents/users/u/j/d'),
    body,
  ]);
  const entry = {
    userId: 'user-000001',
    date: '2026-05-01',
    updateTime: '2026-05-01T00:00:00.000000Z',
    document,
  };
  const mapped = mapEntry(entry, { migratedAt: '2026-06-01T00:00:00.000Z', oversize: 'fail' });
  if (!mapped.ok) throw new Error(mapped.message);
  return mapped.item.json.length;
}

test('entries have 2 to 2.5 KB as items, and the ugliest can be items too', () => {
  const sizes = ordinaryBodies().map(sizeOf);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  expect(mean).toBeGreaterThan(2_000);
  expect(mean).toBeLessThan(2_500);
  expect(uglyBodies().map(sizeOf).length).toBeGreaterThan(0);
});

test('what there is follows from the project', () => {
  const dataset = Dataset.parse('demo-20x300');
  expect(dataset.entries).toBe(6_000);
  expect(dataset.userIndex(dataset.userId(19))).toBe(19);
  expect(dataset.userIndex(dataset.userId(20))).toBe(-1);
  expect(dataset.dayOf(dataset.date(299))).toBe(299);
  expect(dataset.dayOf(dataset.date(300))).toBe(-1);
});

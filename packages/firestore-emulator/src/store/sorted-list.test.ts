import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareIds } from '../names/compare-ids.ts';
import { SortedList } from './sorted-list.ts';

const ids = fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 60 });

function listOf(members: Iterable<string>): SortedList<{ id: string }> {
  const list = new SortedList<{ id: string }>();
  for (const id of members) list.insert({ id });
  return list;
}

function idsOf(items: Iterable<{ id: string }>): string[] {
  return Array.from(items, (item) => item.id);
}

test('it holds what was inserted and not deleted, in order, from any place, both ways', () => {
  fc.assert(
    fc.property(ids, ids, fc.string({ unit: 'binary', maxLength: 3 }), (inserted, deleted, from) => {
      const kept = new Set(inserted);
      const list = listOf(kept);
      for (const id of deleted) {
        list.delete(id);
        kept.delete(id);
      }
      const sorted = [...kept].toSorted(compareIds);
      expect(list.size).toBe(sorted.length);
      expect(idsOf(list.ascending())).toEqual(sorted);
      expect(idsOf(list.descending())).toEqual(sorted.toReversed());
      expect(idsOf(list.ascending(from))).toEqual(sorted.filter((id) => compareIds(id, from) >= 0));
      expect(idsOf(list.descending(from))).toEqual(
        sorted.filter((id) => compareIds(id, from) <= 0).toReversed(),
      );
      expect(list.get(from)?.id).toBe(kept.has(from) ? from : undefined);
    }),
  );
});

test.each([
  ['upwards', (n: number) => n],
  ['downwards', (n: number) => 4999 - n],
  ['mixed', (n: number) => (n * 2741) % 5000],
])('5,000 ids, inserted and deleted %s', (_name, step) => {
  const numbered = Array.from({ length: 5000 }, (_, n) => `id${String(step(n)).padStart(4, '0')}`);
  const list = listOf(numbered);
  expect(idsOf(list.ascending())).toEqual(numbered.toSorted());
  expect(idsOf(list.ascending('id2500')).length).toBe(2500);
  expect(idsOf(list.descending('id2499x')).length).toBe(2500);
  for (const id of numbered) list.delete(id);
  expect(list.size).toBe(0);
  expect(idsOf(list.ascending())).toEqual([]);
});

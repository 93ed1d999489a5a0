import { itemSize as dynaliteItemSize } from 'dynalite/db/index.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffEntry } from '../comparison/diff-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import type { StoredItem } from '../ports/target.ts';
import { type ArbitraryEntry, firestoreEntry } from '../testing/arbitraries.ts';
import { anyMutation } from '../testing/mutate-item.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import { plainItem } from '../testing/plain-item.ts';
import { runs } from '../testing/runs.ts';
import { sortedJson } from '../testing/sorted-json.ts';
import { storedItemSize } from '../item-size.ts';
import { mapEntry } from './map-entry.ts';
import type { MappedEntry } from './mapped-entry.ts';

const migratedAt = '2026-11-22T09:10:51.123Z';
const options = { migratedAt, oversize: 'fail' } as const;

const ordinary = {
  userId: 'ann',
  date: '2026-11-22',
  updateTime: '2026-11-22T00:00:00.000000Z',
  document: { name: 'projects/p/databases/(default)/documents/users/ann/trading-journal/2026-11-22' },
};

function around(bound: number): fc.Arbitrary<number> {
  return fc.integer({ min: -3, max: 3 }).map((more) => bound + more);
}

function sourceEntry({ userId, date, updateTime, document }: ArbitraryEntry): SourceEntry {
  return { userId, date, updateTime, document: encodeDocument(document) };
}

function mapped(entry: SourceEntry): MappedEntry & { ok: true } {
  const result = mapEntry(entry, options);
  if (!result.ok) throw new Error(result.message);
  return result;
}

function itemOf(result: MappedEntry & { ok: true }): StoredItem {
  return JSON.parse(Buffer.from(result.item.json).toString()) as StoredItem;
}

// With TEST_LONG=1 a property alone takes a minute or more.
describe('any entry', { timeout: 900_000 }, () => {
  it('becomes the item that the obvious mapping makes of it', () => {
    fc.assert(
      fc.property(firestoreEntry, (arbitrary) => {
        const entry = sourceEntry(arbitrary);
        expect(sortedJson(itemOf(mapped(entry)))).toBe(sortedJson(plainItem(entry, migratedAt)));
      }),
      runs(0.3),
    );
  });

  it('carries amounts, integers and times digit by digit', () => {
    const digits = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger(),
      fc.oneof(...[0, 10, 100, 1e4, 1e6, 1e9, 2 ** 21, 2 ** 28, 2 ** 31, 2 ** 49].map(around)),
    );
    const decimals = fc.constantFrom(1, 10, 100, 1_000);
    const second = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(digits, decimals, fc.boolean(), second, fc.nat(999_999)), { maxLength: 20 }),
        (values) => {
          const items = values.flatMap(([number, unit, negative, at, micros]) => {
            const value = (negative ? -number : number) / unit;
            const integer = String(negative ? -BigInt(number) : BigInt(number));
            const time = `${new Date(at * 1_000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
            return [
              { from: { doubleValue: value }, to: { N: String(value) } },
              { from: { integerValue: integer }, to: { N: integer } },
              { from: { timestampValue: time }, to: { S: time } },
            ];
          });
          const fields = { trades: { arrayValue: { values: items.map(({ from }) => from) } } };
          const item = itemOf(
            mapped(sourceEntry({ ...ordinary, document: { ...ordinary.document, fields } })),
          );
          expect(item['data']).toMatchObject({ M: { trades: { L: items.map(({ to }) => to) } } });
        },
      ),
      runs(0.3),
    );
  });

  it('gives the same bytes each time, whatever was mapped in between', () => {
    fc.assert(
      fc.property(firestoreEntry, firestoreEntry, (first, second) => {
        const entry = sourceEntry(first);
        const before = mapped(entry);
        const kept = Buffer.from(before.item.json);
        mapped(sourceEntry(second));
        expect(Buffer.compare(mapped(entry).item.json, kept)).toBe(0);
        expect(Buffer.compare(before.item.json, kept)).toBe(0);
      }),
      runs(0.05),
    );
  });

  it('is counted as DynamoDB counts it', () => {
    fc.assert(
      fc.property(firestoreEntry, (arbitrary) => {
        const result = mapped(sourceEntry(arbitrary));
        const item = itemOf(result);
        expect(result.item.size).toBe(storedItemSize(item));
        // Dynalite refuses what it counts as too large, and counts text in UTF-16.
        expect(result.item.size).toBeGreaterThanOrEqual(dynaliteItemSize(item));
      }),
      runs(0.1),
    );
  });

  it('compares equal to its item', () => {
    fc.assert(
      fc.property(firestoreEntry, (arbitrary) => {
        const entry = sourceEntry(arbitrary);
        expect(diffEntry(entry, itemOf(mapped(entry)))).toStrictEqual({ differences: [], sameVersion: true });
      }),
      runs(0.2),
    );
  });

  it('compares different from its item with any one change anywhere', () => {
    fc.assert(
      fc.property(firestoreEntry, anyMutation, (arbitrary, mutate) => {
        const entry = sourceEntry(arbitrary);
        const { item, change } = mutate(itemOf(mapped(entry)));
        const noticed = diffEntry(entry, item).differences.length > 0;
        expect(noticed ? 'noticed' : change).toBe('noticed');
      }),
      runs(0.3),
    );
  });
});

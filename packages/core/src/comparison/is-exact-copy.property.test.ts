import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapEntry } from '../mapping/map-entry.ts';
import type { SourceEntry } from '../ports/source.ts';
import { type ArbitraryEntry, firestoreEntry } from '../testing/arbitraries.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import { anyMutation } from '../testing/mutate-item.ts';
import { ordinaryEntry } from '../testing/ordinary-entry.ts';
import { runs } from '../testing/runs.ts';
import { anyShuffle } from '../testing/shuffle-item.ts';
import { parseItem } from '../values/stored-attribute.ts';
import { diffEntry } from './diff-entry.ts';
import { isExactCopy } from './is-exact-copy.ts';

const migratedAt = '2026-11-22T09:10:51.123Z';

function sourceEntry({ userId, date, updateTime, document }: ArbitraryEntry): SourceEntry {
  return { userId, date, updateTime, document: encodeDocument(document) };
}

function jsonOf(entry: SourceEntry): Uint8Array {
  const result = mapEntry(entry, { migratedAt, oversize: 'fail' });
  if (!result.ok) throw new Error(result.message);
  return result.item.json;
}

// With TEST_LONG=1 a property alone takes a minute or more.
describe('isExactCopy', { timeout: 900_000 }, () => {
  it('is true of the item of every ordinary entry, in any order of attributes', () => {
    fc.assert(
      fc.property(ordinaryEntry, anyShuffle, (arbitrary, shuffle) => {
        const entry = sourceEntry(arbitrary);
        const json = jsonOf(entry);
        expect(isExactCopy(entry, json)).toBe(true);
        expect(isExactCopy(entry, shuffle(parseItem(json)))).toBe(true);
      }),
      runs(0.5),
    );
  });

  it('is false of any item with one change', () => {
    fc.assert(
      fc.property(firestoreEntry, anyMutation, anyShuffle, (arbitrary, mutate, shuffle) => {
        const entry = sourceEntry(arbitrary);
        const { item, change } = mutate(parseItem(jsonOf(entry)));
        expect(isExactCopy(entry, shuffle(item)) ? change : 'noticed').toBe('noticed');
      }),
      runs(0.5),
    );
  });

  it('is false of the item of an ordinary entry with one change', () => {
    fc.assert(
      fc.property(ordinaryEntry, anyMutation, anyShuffle, (arbitrary, mutate, shuffle) => {
        const entry = sourceEntry(arbitrary);
        const { item, change } = mutate(parseItem(jsonOf(entry)));
        expect(isExactCopy(entry, shuffle(item)) ? change : 'noticed').toBe('noticed');
      }),
      runs(0.5),
    );
  });

  it('is true of nothing in which diffEntry finds a difference', () => {
    const either = fc.oneof(ordinaryEntry, firestoreEntry);
    fc.assert(
      fc.property(either, either, anyShuffle, (first, second, shuffle) => {
        const entry = sourceEntry(first);
        const items = [entry, { ...sourceEntry(second), userId: entry.userId, date: entry.date }].map((of) =>
          shuffle(parseItem(jsonOf(of))),
        );
        for (const json of items) {
          if (!isExactCopy(entry, json)) continue;
          expect(diffEntry(entry, parseItem(json))).toStrictEqual({ differences: [], sameVersion: true });
        }
      }),
      runs(0.5),
    );
  });

  it('is true of no item with one byte changed, added or left out in which diffEntry finds a difference', () => {
    const change = fc.record({ place: fc.nat(), byte: fc.nat({ max: 255 }), how: fc.nat({ max: 2 }) });
    // Several of each item: an entry takes longer to make than to compare.
    const changes = fc.array(change, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(ordinaryEntry, changes, (arbitrary, some) => {
        const entry = sourceEntry(arbitrary);
        const json = jsonOf(entry);
        for (const { place, byte, how } of some) {
          const at = place % json.length;
          const changed = Buffer.concat([
            json.subarray(0, at),
            how === 2 ? Buffer.alloc(0) : Buffer.of(byte),
            json.subarray(how === 1 ? at : at + 1),
          ]);
          if (!isExactCopy(entry, changed)) continue;
          expect(diffEntry(entry, parseItem(changed)).differences).toStrictEqual([]);
        }
      }),
      runs(0.5),
    );
  });

  it('survives a document that ends anywhere or has a byte changed', () => {
    fc.assert(
      fc.property(ordinaryEntry, fc.nat(), fc.option(fc.nat({ max: 255 })), (arbitrary, place, byte) => {
        const entry = sourceEntry(arbitrary);
        const json = jsonOf(entry);
        const at = place % Math.max(1, entry.document.length);
        const document = Uint8Array.from(byte === null ? entry.document.subarray(0, at) : entry.document);
        if (byte !== null) document[at] = byte;
        if (!isExactCopy({ ...entry, document }, json)) return;
        expect(diffEntry({ ...entry, document }, parseItem(json)).differences).toStrictEqual([]);
      }),
      runs(1),
    );
  });

  it('reads no further than an item or a document goes, whatever lies behind it', () => {
    fc.assert(
      fc.property(
        ordinaryEntry,
        fc.nat(),
        fc.boolean(),
        fc.nat({ max: 7 }),
        (arbitrary, place, both, before) => {
          const whole = sourceEntry(arbitrary);
          const json = within(jsonOf(whole), before);
          const entry = { ...whole, document: within(whole.document, before) };
          expect(isExactCopy(entry, json)).toBe(true);
          const short = json.subarray(0, place % json.length);
          expect(isExactCopy(entry, short)).toBe(false);
          if (entry.document.length === 0) return;
          const document = entry.document.subarray(0, place % entry.document.length);
          if (!isExactCopy({ ...entry, document }, both ? short : json)) return;
          expect(both).toBe(false);
          expect(diffEntry({ ...entry, document }, parseItem(json)).differences).toStrictEqual([]);
        },
      ),
      runs(0.5),
    );
  });
});

/** The same bytes in the midst of others, which are again the same. */
function within(bytes: Uint8Array, before: number): Uint8Array {
  const filled = new Uint8Array(bytes.length * 2 + before);
  filled.set(bytes, before);
  filled.set(bytes, before + bytes.length);
  return filled.subarray(before, before + bytes.length);
}

import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffEntry } from '../comparison/diff-entry.ts';
import { maxItemBytes } from '../item-size.ts';
import type { SourceEntry } from '../ports/source.ts';
import type { StoredItem } from '../ports/target.ts';
import { firestoreEntry } from '../testing/arbitraries.ts';
import { encodeDocument } from '../testing/encode-document.ts';
import type { JsonFields } from '../testing/firestore-json.ts';
import { runs } from '../testing/runs.ts';
import { expandItem } from '../values/expand-item.ts';
import { mapEntry } from './map-entry.ts';
import type { MappedEntry } from './mapped-entry.ts';

const migratedAt = '2026-11-22T09:10:51.123Z';
const updateTime = '2026-11-20T18:30:00.123456Z';
const name = 'projects/demo/databases/(default)/documents/users/ada/trading-journal/2026-11-20';

function entryWith(fields: JsonFields): SourceEntry {
  return { userId: 'ada', date: '2026-11-20', updateTime, document: encodeDocument({ name, fields }) };
}

function entryOf(document: Uint8Array): SourceEntry {
  return { userId: 'ada', date: '2026-11-20', updateTime, document };
}

function textOf(length: number): JsonFields {
  return { note: { stringValue: 'x'.repeat(length) } };
}

function mapped(entry: SourceEntry, oversize: 'fail' | 'gzip' = 'fail'): MappedEntry & { ok: true } {
  const result = mapEntry(entry, { migratedAt, oversize });
  if (!result.ok) throw new Error(result.message);
  return result;
}

function failure(entry: SourceEntry, oversize: 'fail' | 'gzip' = 'fail'): string {
  const result = mapEntry(entry, { migratedAt, oversize });
  return result.ok ? 'none' : result.code;
}

function itemOf(result: MappedEntry & { ok: true }): StoredItem {
  return JSON.parse(Buffer.from(result.item.json).toString()) as StoredItem;
}

describe('the mapped item', () => {
  it('carries what it is written and found by beside its bytes', () => {
    const { item } = mapped(entryWith({}));
    expect({ ...item, json: undefined }).toStrictEqual({
      userId: 'ada',
      date: '2026-11-20',
      dateKey: 'journal_ada_2026-11-20',
      migratedAt,
      originalTimestamp: updateTime,
      json: undefined,
      size: item.size,
    });
  });

  it('counts each value carried as text, wherever it is', () => {
    const nan = { doubleValue: 'NaN' } as const;
    const fields: JsonFields = {
      trades: { arrayValue: { values: [nan, { mapValue: { fields: { a: nan } } }] } },
      place: { geoPointValue: { latitude: 'NaN', longitude: 1e300 } },
      metadata: nan,
    };
    expect(mapped(entryWith(fields)).encodedAsText).toBe(5);
  });
});

describe('an entry at the limit of 400 KB', () => {
  const frame = mapped(entryWith(textOf(0))).item.size;

  it('becomes an item up to the last byte', () => {
    expect(mapped(entryWith(textOf(maxItemBytes - frame))).item.size).toBe(maxItemBytes);
  });

  it('fails beyond it', () => {
    expect(failure(entryWith(textOf(maxItemBytes - frame + 1)))).toBe('ITEM_TOO_LARGE');
  });

  it('holds as many prices as DynamoDB has room for: three bytes each, and one as an element', () => {
    const prices = Array.from({ length: 100_000 }, () => ({ doubleValue: 12.34 }));
    const { size } = mapped(entryWith({ trades: { arrayValue: { values: prices } } })).item;
    expect(size).toBe(mapped(entryWith({})).item.size + 400_000);
  });

  it('is not compressed where it need not be', () => {
    expect(mapped(entryWith(textOf(maxItemBytes - frame)), 'gzip').compressed).toBe(false);
  });
});

describe('an entry over the limit with OVERSIZE=gzip', () => {
  const fields: JsonFields = {
    ...textOf(maxItemBytes),
    compressed: { stringValue: 'its own' },
    metadata: { mapValue: { fields: { encoding: { stringValue: 'its own too' } } } },
    __type__: { stringValue: 'x' },
  };
  const entry = entryWith(fields);
  const result = mapped(entry, 'gzip');
  const item = itemOf(result);
  const data = item['data'] as { M: Record<string, unknown> };

  it('keeps what ownership and rollback look at, and compresses the rest', () => {
    expect(result.compressed).toBe(true);
    expect(data).toStrictEqual({
      M: {
        userId: { S: 'ada' },
        date: { S: '2026-11-20' },
        compressed: { B: expect.any(String) },
        metadata: {
          M: {
            migratedFrom: { S: 'firestore' },
            migratedAt: { S: migratedAt },
            originalTimestamp: { S: updateTime },
            encoding: { S: 'gzip' },
          },
        },
      },
    });
    const { B: base64 } = data.M['compressed'] as { B: string };
    expect(result.item.size).toBeGreaterThan(Buffer.byteLength(base64, 'base64'));
    expect(result.item.size).toBeLessThan(2000);
    expect(
      Object.keys(JSON.parse(gunzipSync(Buffer.from(base64, 'base64')).toString()) as object),
    ).toStrictEqual([
      'note',
      'compressed',
      '__type__',
      'trades',
      'heatmap',
      'performance',
      'risk',
      'summary',
      'metadata',
    ]);
  });

  it('is the same bytes each time', () => {
    expect(Buffer.compare(mapped(entry, 'gzip').item.json, result.item.json)).toBe(0);
  });

  it('unfolds to the item it would have been', () => {
    const expanded = expandItem(item);
    expect(diffEntry(entry, expanded)).toStrictEqual({ differences: [], sameVersion: true });
    expect(Object.keys((expanded['data'] as { M: object }).M)).not.toContain('encoding');
  });

  it('compares equal, and different once something in it is not the entry any more', () => {
    expect(diffEntry(entry, item)).toStrictEqual({ differences: [], sameVersion: true });
    const other = entryWith({ ...fields, compressed: { stringValue: 'its other' } });
    expect(diffEntry(other, item).differences).toStrictEqual([
      { at: 'data.compressed', expected: '{"S":"its other"}', actual: '{"S":"its own"}' },
    ]);
  });

  it('fails if it is too large compressed, too', () => {
    // What looks random does not get smaller: 600 KB of it.
    const words = Array.from({ length: 75_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) ^ (i * 2654435761));
    const bytesValue = Buffer.from(Float64Array.from(words, Math.sin).buffer).toString('base64');
    expect(failure(entryWith({ noise: { bytesValue } }), 'gzip')).toBe('ITEM_TOO_LARGE');
  });
});

describe('bytes that are no document', { timeout: 900_000 }, () => {
  it('fail, or become an item that is JSON; nothing is ever thrown', () => {
    fc.assert(
      fc.property(
        firestoreEntry,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        (arbitrary, changes, cut) => {
          const document = Uint8Array.from(encodeDocument(arbitrary.document));
          for (const [at, byte] of changes) document[at % document.length] = byte;
          const entry = entryOf(cut % 3 === 0 ? document.subarray(0, cut % document.length) : document);
          const result = mapEntry(entry, { migratedAt, oversize: 'gzip' });
          const item = result.ok ? itemOf(result) : {};
          const { differences } = diffEntry(entry, item);
          expect(result.ok || differences.length > 0).toBe(true);
        },
      ),
      runs(0.1),
    );
  });

  it('fail as MALFORMED_DOCUMENT', () => {
    expect(failure(entryOf(Uint8Array.of(0xff, 0xff, 0xff)))).toBe('MALFORMED_DOCUMENT');
    expect(failure(entryOf(Uint8Array.of(0x12, 0x05, 0x0a)))).toBe('MALFORMED_DOCUMENT');
  });

  it('leave no trace in the next entry', () => {
    const entry = entryWith({ a: { doubleValue: 'NaN' } });
    const before = mapped(entry);
    failure(entryOf(Uint8Array.of(0x12, 0x05, 0x0a)));
    expect(mapped(entry)).toStrictEqual(before);
  });
});

describe('the size of the output buffer', () => {
  it('is enough for what grows most on its way', () => {
    const points = Array.from({ length: 20_000 }, () => ({ geoPointValue: {} }));
    expect(failure(entryWith({ points: { arrayValue: { values: points } } }))).toBe('ITEM_TOO_LARGE');
    const controls = entryWith({ note: { stringValue: '\u0001'.repeat(300_000) } });
    expect(itemOf(mapped(controls))['data']).toHaveProperty('M.note.S.length', 300_000);
  });
});

import { dateKey, MigrationError, type EncodedItem, type SourceEntry, type Target } from '@migrator/core';
import { encodeDocument, heldLease, journalEntry } from '@migrator/devkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { AdaptiveConcurrencyLimit } from '../throttle/adaptive-concurrency-limit.ts';
import { cutIntoBatches } from './create-batch.ts';
import type { MigrationRun } from './migration-run.ts';
import { type PageContext, type WrittenPage, writePage } from './write-page.ts';

const migratedAt = '2026-06-01T00:00:00.000Z';

function entryOf(day: number): SourceEntry {
  const { date, fields } = journalEntry(1, day);
  const name = `projects/demo-p/databases/(default)/documents/users/ann/trading-journal/${date}`;
  const document = encodeDocument({ name, fields, updateTime: new Date('2026-05-01T10:11:12.345Z') });
  return { userId: 'ann', date, updateTime: '2026-05-01T10:11:12.345000Z', document };
}

const entries = Array.from({ length: 60 }, (_, day) => entryOf(day));
const keys = entries.map((entry) => dateKey(entry));
const run = {
  migratedAt,
  readFirst: false,
  inBatches: true,
  lease: heldLease,
  operation: {},
} as unknown as MigrationRun;

/** A table that holds these, and fails at what `refuse` names. */
function tableWith(taken: readonly string[], refuse: (keys: readonly string[]) => void = () => undefined) {
  const calls: { readonly how: 'create' | 'put'; readonly keys: readonly string[] }[] = [];
  const table: Pick<Target, 'createItems' | 'putOwned'> = {
    async createItems(items) {
      const sent = items.map((item) => item.dateKey);
      calls.push({ how: 'create', keys: sent });
      refuse(sent);
      const created = sent.map((key) => !taken.includes(key));
      return { created, writeUnits: items.length };
    },
    async putOwned(item: EncodedItem) {
      calls.push({ how: 'put', keys: [item.dateKey] });
      return { outcome: 'refused', stored: { dateKey: { S: item.dateKey } }, writeUnits: 1 };
    },
  };
  return { table, calls };
}

const away = async (): Promise<never> => {
  throw new MigrationError('TARGET_UNAVAILABLE', 'away');
};

async function write(
  table: Pick<Target, 'createItems' | 'putOwned'>,
  more: Partial<MigrationRun> = {},
): Promise<WrittenPage> {
  const context = {
    target: { ...table, getItems: away, deleteOwned: away },
    source: {},
    writeLimit: new AdaptiveConcurrencyLimit(8),
    settings: { oversize: 'fail', names: { users: 'users', journal: 'trading-journal' } },
  } as unknown as PageContext;
  return await writePage(context, { ...run, ...more }, 'user:ann', entries, new AbortController().signal);
}

test('new entries are created 25 in a request, and each batch is counted once', async () => {
  const { table, calls } = tableWith([]);
  const page = await write(table);
  expect(page).toMatchObject({ settled: 60, deltas: { created: 60, writeUnits: 60 }, issues: [] });
  expect(calls.map(({ how, keys: sent }) => [how, sent.length])).toEqual([
    ['create', 25],
    ['create', 25],
    ['create', 10],
  ]);
  expect(calls.flatMap(({ keys: sent }) => sent)).toEqual(keys);
});

test('an entry whose key is taken goes the conditional way, and the others of its batch are settled', async () => {
  const taken = [keys[3]!, keys[59]!];
  const { table, calls } = tableWith(taken);
  const page = await write(table);
  expect(page).toMatchObject({ settled: 60, deltas: { created: 58, conflicts: 2, writeUnits: 62 } });
  expect(calls.filter(({ how }) => how === 'put').map(({ keys: sent }) => sent)).toEqual(
    taken.map((key) => [key]),
  );
});

test.each(['NOT_SUPPORTED', 'ACCESS_DENIED'] as const)(
  'a service that takes no batches (%s) gets every entry one by one',
  async (code) => {
    const { table, calls } = tableWith([], () => {
      throw new MigrationError(code, 'no batches');
    });
    const page = await write(table);
    expect(page).toMatchObject({ settled: 60, deltas: { conflicts: 60 } });
    expect(calls.filter(({ how }) => how === 'put')).toHaveLength(60);
  },
);

test('a run that is to write one by one sends no batch', async () => {
  const { table, calls } = tableWith([]);
  await write(table, { inBatches: false });
  expect(new Set(calls.map(({ how }) => how))).toEqual(new Set(['put']));
});

test('an outage in a batch interrupts the page; the row of settled entries before it counts', async () => {
  const { table, calls } = tableWith([], (sent) => {
    if (sent.includes(keys[30]!)) throw new MigrationError('TARGET_UNAVAILABLE', 'away');
  });
  const page = await write(table);
  expect(page).toMatchObject({ settled: 25, deltas: { created: 25 } });
  expect(MigrationError.codeOf(page.interruption)).toBe('TARGET_UNAVAILABLE');
  expect(calls.some(({ how }) => how === 'put')).toBe(false);
});

test('without a lease the page is interrupted', async () => {
  const { table, calls } = tableWith([], () => {
    throw new MigrationError('LEASE_EXPIRED', 'over');
  });
  const page = await write(table);
  expect(page).toMatchObject({ settled: 0, deltas: {} });
  expect(calls.some(({ how }) => how === 'put')).toBe(false);
});

test('batches keep the order, hold 25 at most, and no more bytes than allowed unless one entry alone has more', () => {
  const sizes = fc.array(fc.oneof(fc.nat(3_000), fc.nat(300_000)), { maxLength: 120 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const cut = lengths.map((length) => ({ document: { length } }) as unknown as SourceEntry);
      const batches = cutIntoBatches(cut);
      expect(batches.flat()).toEqual(cut);
      for (const batch of batches) {
        const bytes = batch.reduce((sum, { document }) => sum + document.length, 0);
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(25);
        expect(batch.length === 1 || bytes <= 128 * 1024).toBe(true);
      }
    }),
  );
});

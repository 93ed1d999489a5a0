import {
  type EntryRef,
  MigrationError,
  type MigrationRequest,
  type Operation,
  type Source,
  type SourceEntry,
  type Target,
} from '@migrator/core';
import { encodeDocument, sampleBinding } from '@migrator/devkit';
import { expect, test } from 'vitest';

import { type EngineContext, defaultPaging } from '../engine-context.ts';
import { runInProcess } from '../in-process.ts';
import { createMemoryLedger } from '../memory-ledger/memory-ledger.ts';
import { migrationStats } from '../reports/migration-stats.ts';
import { AdaptiveConcurrencyLimit } from '../throttle/adaptive-concurrency-limit.ts';

const request: MigrationRequest = { kind: 'migration', dryRun: false, verify: false, prune: false };
const perUser = 30;
const pageEntries = 8;
const dates = Array.from({ length: perUser }, (_, day) => `day-${100 + day}`);

function entryOf(userId: string, date: string): SourceEntry {
  const name = `projects/p/databases/(default)/documents/users/${userId}/trading-journal/${date}`;
  const updateTime = '2026-05-01T10:11:12.345000Z';
  return {
    userId,
    date,
    updateTime,
    document: encodeDocument({ name, fields: {}, updateTime: new Date(0) }),
  };
}

const away = (): never => {
  throw new MigrationError('SOURCE_UNAVAILABLE', 'a 500');
};

const awayFor = (userId: string): void => {
  if (userId === 'ann') away();
};

interface Faults {
  /** Asked before each read of documents. */
  read?: (ref: EntryRef) => void;
  list?: (userId: string) => void;
  count?: (userId: string) => void;
  put?: (ref: EntryRef) => void;
  /** Asked before each look at the table, and before a delete on condition. */
  look?: (keys: readonly string[]) => void;
}

function after(date: string | undefined): readonly string[] {
  return date === undefined ? dates : dates.filter((one) => one > date);
}

/** Two users, `ann` and `bob`, and a table that remembers what it takes; each call meets the faults first. */
function openWorld(faults: Faults, isTableEmpty = true, takesBatches = true) {
  const written = new Set<string>();
  let mostBytes = 0;
  const source: Partial<Source> = {
    listUsers: async () => ({ users: ['ann', 'bob'].map((userId) => ({ userId, missing: true })) }),
    countEntries: async () => 2 * perUser,
    countUserEntries: async (userId) => {
      faults.count?.(userId);
      return perUser;
    },
    readPage: async ({ userId, after: from, limit }) => {
      if (userId !== 'ann' && userId !== 'bob') return { entries: [], more: false };
      const page = after(from).slice(0, limit);
      for (const date of page) faults.read?.({ userId, date });
      return { entries: page.map((date) => entryOf(userId, date)), more: after(from).length > limit };
    },
    listDates: async ({ userId, after: from, limit }) => {
      faults.list?.(userId);
      return { dates: after(from).slice(0, limit), more: after(from).length > limit };
    },
    readBatch: async (refs, { maxBytes }) => {
      const entries: SourceEntry[] = [];
      let bytes = 0;
      for (const ref of refs) {
        faults.read?.(ref);
        if (bytes >= maxBytes) break;
        entries.push(entryOf(ref.userId, ref.date));
        bytes += entries.at(-1)!.document.length;
      }
      mostBytes = Math.max(mostBytes, bytes);
      return { entries, rest: refs.slice(entries.length) };
    },
  };
  const target: Partial<Target> = {
    isEmpty: async () => isTableEmpty,
    getItems: async (keys) => {
      faults.look?.(keys);
      return { items: new Map(), readUnits: 0 };
    },
    deleteOwned: async ({ dateKey }) => {
      faults.look?.([dateKey]);
      return { outcome: 'refused', writeUnits: 1 };
    },
    whyNoBatches: async () => (takesBatches ? undefined : 'none here'),
    createItems: async (items) => {
      for (const item of items) faults.put?.(item);
      for (const { dateKey } of items) written.add(dateKey);
      return { created: items.map(() => true), writeUnits: items.length };
    },
    putOwned: async (item) => {
      faults.put?.(item);
      written.add(item.dateKey);
      return { outcome: 'written', writeUnits: 1 };
    },
  };
  const context = {
    source,
    target,
    ledger: createMemoryLedger(),
    binding: async () => sampleBinding,
    writeLimit: new AdaptiveConcurrencyLimit(4),
    settings: {
      ...defaultPaging,
      pageEntries,
      oversize: 'fail',
      names: { users: 'users', journal: 'trading-journal' },
    },
  } as unknown as EngineContext;
  return { context, written, mostBytes: () => mostBytes };
}

async function finish(context: EngineContext, id: string): Promise<Operation> {
  return await runInProcess(context, id, { usersAtOnce: 2, signal: new AbortController().signal });
}

async function run(context: EngineContext): Promise<Operation> {
  const opened = await context.ledger.open(request, { now: new Date(), binding: sampleBinding });
  if (!opened.opened) throw new Error('a ledger of its own is free');
  return await finish(context, opened.operation.id);
}

async function retry(context: EngineContext, { id }: Operation): Promise<Operation> {
  await context.ledger.reopen(id, {});
  return await finish(context, id);
}

async function failures(context: EngineContext, { id }: Operation): Promise<Record<string, string>> {
  const { issues } = await context.ledger.issues(id, { limit: 1_000 });
  return Object.fromEntries(issues.map(({ detail, code }) => [detail.path ?? '', code]));
}

const isBad = ({ userId, date }: EntryRef): boolean => userId === 'ann' && date === 'day-111';
const badPath = 'users/ann/trading-journal/day-111';

test.each(['SOURCE_UNAVAILABLE', 'MALFORMED_DOCUMENT', 'SOURCE_MESSAGE_TOO_LARGE'] as const)(
  'an entry whose read ends with %s fails alone, with this code, and a retry heals it',
  async (code) => {
    const faults: Faults = {
      read: (ref) => {
        if (isBad(ref)) throw new MigrationError(code, 'it can not be read');
      },
    };
    const { context, written } = openWorld(faults);
    const ended = await run(context);
    expect(ended.totals).toMatchObject({ created: 2 * perUser - 1, failed: 1 });
    expect(await failures(context, ended)).toEqual({ [badPath]: code });
    expect(written.size).toBe(2 * perUser - 1);

    const again = await retry(context, ended);
    expect(again.totals).toMatchObject({ created: 2 * perUser - 1, failed: 1 });
    delete faults.read;
    const healed = await retry(context, again);
    expect(healed).toMatchObject({ state: 'completed', codes: {} });
    expect(migrationStats(healed, [], 0)).toMatchObject({ totalProcessed: 2 * perUser, failureCount: 0 });
  },
);

test.each([
  ['TARGET_UNAVAILABLE', 'one by one', false, 2],
  ['INTERNAL', 'one by one', false, 2],
  ['TARGET_UNAVAILABLE', 'in batches', true, 3],
  ['INTERNAL', 'in batches', true, 3],
] as const)(
  'an entry whose write ends with %s fails alone, after a second try beside others (%s)',
  async (code, _how, takesBatches, expectedTries) => {
    let tries = 0;
    const put = (ref: EntryRef): void => {
      if (!isBad(ref)) return;
      tries += 1;
      throw new MigrationError(code, 'it is not taken');
    };
    const { context, written } = openWorld({ put }, true, takesBatches);
    const ended = await run(context);
    expect(ended.totals).toMatchObject({ created: 2 * perUser - 1, failed: 1 });
    expect(await failures(context, ended)).toEqual({ [badPath]: code });
    expect(written.size).toBe(2 * perUser - 1);
    expect(tries).toBe(expectedTries);
  },
);

test.each([
  ['one by one', false, 20],
  ['in batches', true, 6],
] as const)(
  'an outage of the table fails nothing: the tasks go on when it is over (%s)',
  async (_how, takesBatches, calls) => {
    let left: number = calls;
    const outage = (): void => {
      if (left <= 0) return;
      left -= 1;
      throw new MigrationError('TARGET_UNAVAILABLE', 'away');
    };
    const { context } = openWorld({ put: outage, look: outage }, true, takesBatches);
    const ended = await run(context);
    expect(ended).toMatchObject({ state: 'completed', totals: { created: 2 * perUser } });
    expect(ended.totals).not.toHaveProperty('failed');
  },
);

test('a user who can not be read from the second page on: what is left counts as failed, and no more once retried', async () => {
  const faults: Faults = {
    read: ({ userId, date }) => {
      if (userId === 'ann' && date >= dates[pageEntries]!) away();
    },
    list: () => away(),
  };
  const { context } = openWorld(faults);
  const ended = await run(context);
  expect(ended).toMatchObject({ state: 'completed-with-failures', tasks: { completed: 1, failed: 1 } });
  expect(migrationStats(ended, [], 0)).toMatchObject({
    totalProcessed: 2 * perUser,
    successCount: perUser + pageEntries,
    failureCount: perUser - pageEntries,
  });
  expect(await failures(context, ended)).toEqual({ 'users/ann/trading-journal': 'SOURCE_UNAVAILABLE' });

  const again = await retry(context, ended);
  expect(migrationStats(again, [], 0)).toMatchObject({ totalProcessed: 2 * perUser });
  faults.read = () => undefined;
  const healed = await retry(context, again);
  expect(healed).toMatchObject({ state: 'completed', codes: {} });
  expect(migrationStats(healed, [], 0)).toMatchObject({ totalProcessed: 2 * perUser, failureCount: 0 });
});

test('a user whose entries can not even be counted counts as one failure', async () => {
  const { context } = openWorld({
    read: ({ userId }) => awayFor(userId),
    list: awayFor,
    count: awayFor,
  });
  const ended = await run(context);
  expect(migrationStats(ended, [], 0)).toMatchObject({ totalProcessed: perUser + 1, failureCount: 1 });
});

test('a key that can not be looked at is written all the same', async () => {
  const { context } = openWorld(
    {
      look: (keys) => {
        if (keys.includes('journal_ann_day-111'))
          throw new MigrationError('TARGET_UNAVAILABLE', 'not this one');
      },
    },
    false,
  );
  expect(await run(context)).toMatchObject({ state: 'completed', totals: { created: 2 * perUser } });
});

test('failed entries are read again within the bytes of a page', async () => {
  const faults: Faults = {
    put: () => {
      throw new MigrationError('INVALID_ITEM', 'not yet');
    },
  };
  const { context, mostBytes } = openWorld(faults);
  const pageBytes = 3 * entryOf('ann', dates[0]!).document.length;
  const small = { ...context, settings: { ...context.settings, pageBytes } };
  const ended = await run(small);
  expect(ended.totals).toMatchObject({ failed: 2 * perUser });
  delete faults.put;
  const healed = await retry(small, ended);
  expect(healed).toMatchObject({ state: 'completed', totals: { created: 2 * perUser } });
  expect(mostBytes()).toBe(pageBytes);
});

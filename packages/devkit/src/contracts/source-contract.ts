import { type EntryRef, type Source, type SourceEntry } from '@migrator/core';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeDocument } from '../fixtures/decode-document.ts';
import { encodeDocument } from '../fixtures/encode-document.ts';
import { type JournalEntry, journalEntry, journals, type JournalUser } from '../fixtures/journals.ts';
import { oddIds } from '../fixtures/odd-ids.ts';
import { codesOf } from './codes-of.ts';

/** Opens the source under test over a store that holds these users and nothing else. The suite closes it. */
export type OpenSource = (users: readonly JournalUser[]) => Promise<Source>;

/** The requirements of every Source: a vitest suite that each adapter runs. */
export function describeSourceContract(name: string, openSource: OpenSource): void {
  describe(`${name} fulfills the source's contract`, () => {
    const opened: Source[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (source) => await source.close()));
    });
    const open = async (...users: JournalUser[]): Promise<Source> => {
      const source = await openSource(users);
      opened.push(source);
      return source;
    };
    describeUsers(open);
    describeDays(open);
    describeCounts(open);
    describePages(open);
    describeReads(open);
    describeAborts(open);
  });
}

type Open = (...users: JournalUser[]) => Promise<Source>;

const plenty = { limit: 1000, maxBytes: 64 * 1024 * 1024 };

function user(userId: string, dates: readonly string[], profile = true): JournalUser {
  const entries = dates.map((date, day): JournalEntry => ({ date, fields: journalEntry(1, day).fields }));
  return { userId, entries, ...(profile ? { profile: { displayName: userId } } : {}) };
}

function describeUsers(open: Open): void {
  describe('users', () => {
    test('are listed page by page, those without a document of their own too', async () => {
      const source = await open(
        ...['a', 'b', 'c', 'd', 'e'].map((id) => user(id, ['2026-01-01'], id !== 'b' && id !== 'd')),
      );
      const listed = await listAll(source, 2);
      expect(listed.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([
        { userId: 'a', missing: false },
        { userId: 'b', missing: true },
        { userId: 'c', missing: false },
        { userId: 'd', missing: true },
        { userId: 'e', missing: false },
      ]);
    });

    test('are listed without a journal too', async () => {
      const source = await open({ userId: 'idle', profile: { plan: 'free' }, entries: [] });
      expect(await listAll(source, 10)).toEqual([{ userId: 'idle', missing: false }]);
    });

    test('may be none', async () => {
      const source = await open();
      expect(await source.listUsers({ pageSize: 10 })).toEqual({ users: [] });
    });

    test('may have any id', async () => {
      const source = await open(...oddIds.map((id) => user(id, ['2026-01-01'], false)));
      const listed = await listAll(source, 7);
      expect(listed.map(({ userId }) => userId).toSorted()).toEqual(oddIds.toSorted());
      expect(listed.every(({ missing }) => missing)).toBe(true);
    });
  });
}

function describeDays(open: Open): void {
  test('the first days of a user are listed, and none has subcollections', async () => {
    const source = await open(user('ann', ['1', '2', '3']), user('bob', ['4'], false));
    expect(await source.listDays('ann', { limit: 2 })).toEqual([
      { date: '1', missing: false },
      { date: '2', missing: false },
    ]);
    expect(await source.listDays('nobody', { limit: 2 })).toEqual([]);
    expect(await source.listSubcollections({ userId: 'ann', date: '1' })).toEqual([]);
    expect(await source.listSubcollections({ userId: 'ann', date: 'none' })).toEqual([]);
  });
}

function describeCounts(open: Open): void {
  test('entries are counted, in all and for a user', async () => {
    const source = await open(user('ann', ['1', '2', '3']), user('bob', ['1'], false), user('cid', []));
    expect(await source.countEntries()).toBe(4);
    expect(await source.hasEntries()).toBe(true);
    expect(await (await open(user('cid', []))).hasEntries()).toBe(false);
    expect(await source.countUserEntries('ann')).toBe(3);
    expect(await source.countUserEntries('cid')).toBe(0);
    expect(await source.countUserEntries('nobody')).toBe(0);
  });
}

function describePages(open: Open): void {
  describe('pages', () => {
    test('hold each of 3,000 entries once, ordered by id, and resume after any entry', async () => {
      const [trader] = [...journals({ users: 1, entriesPerUser: 3000 })];
      if (trader === undefined) throw new Error('no journal');
      const dates = [...trader.entries].map(({ date }) => date);
      const source = await open(trader);
      const read = await readAll(source, trader.userId, { limit: 300, maxBytes: plenty.maxBytes });
      expect(read.map(({ date }) => date)).toEqual(dates);
      const resumed = await source.readPage({ userId: trader.userId, after: '2018-02-01', ...plenty });
      expect(resumed.entries[0]?.date).toBe('2018-02-02');
    });

    test('say whether there may be more', async () => {
      const source = await open(user('ann', ['1', '2', '3']));
      const page = async (limit: number, after?: string) =>
        await source.readPage({
          userId: 'ann',
          limit,
          maxBytes: plenty.maxBytes,
          after,
        });
      expect((await page(2)).more).toBe(true);
      expect((await page(4)).more).toBe(false);
      expect((await page(2, '2')).more).toBe(false);
      expect(await page(2, '3')).toEqual({ entries: [], more: false });
    });

    test('list their ids in the same order, without the documents', async () => {
      const source = await open(user('ann', ['1', '2', '3']), user('bob', ['4']));
      const list = async (limit: number, after?: string) =>
        await source.listDates({ userId: 'ann', limit, after });
      expect(await list(2)).toEqual({ dates: ['1', '2'], more: true });
      expect(await list(2, '2')).toEqual({ dates: ['3'], more: false });
      expect(await list(2, '3')).toEqual({ dates: [], more: false });
    });

    test('of an unknown user are empty', async () => {
      const source = await open(user('ann', ['1']));
      expect(await source.readPage({ userId: 'nobody', ...plenty })).toEqual({ entries: [], more: false });
    });

    test('hold the entries of one user only', async () => {
      const source = await open(user('a', ['1']), user('aa', ['2']), user('a a', ['3']));
      const { entries } = await source.readPage({ userId: 'a', ...plenty });
      expect(entries.map(({ userId, date }) => [userId, date])).toEqual([['a', '1']]);
    });

    test('end early once they are large enough, and hold at least one entry', async () => {
      const dates = Array.from({ length: 40 }, (_, index) => `2026-${String(index).padStart(2, '0')}`);
      const source = await open(user('ann', dates));
      const first = await source.readPage({ userId: 'ann', limit: 40, maxBytes: 10_000 });
      expect(first.more).toBe(true);
      expect(first.entries.length).toBeLessThan(40);
      const bytes = first.entries.map(({ document }) => document.byteLength);
      const total = bytes.reduce((sum, size) => sum + size, 0);
      expect(total).toBeGreaterThanOrEqual(10_000);
      expect(total - (bytes.at(-1) ?? 0)).toBeLessThan(10_000);
      const one = await source.readPage({ userId: 'ann', limit: 40, maxBytes: 1 });
      expect(one.entries).toHaveLength(1);
      const read = await readAll(source, 'ann', { limit: 40, maxBytes: 10_000 });
      expect(read.map(({ date }) => date)).toEqual(dates);
    });

    test('may be of any user and hold any date', async () => {
      // Firestore puts numeric ids first, and all others in the order of their bytes.
      const numeric = ['__id-12__', '__id7__'];
      const others = oddIds.filter((id) => !numeric.includes(id));
      const dates = [
        ...numeric,
        ...others.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ];
      const source = await open(...oddIds.map((id) => user(id, dates, false)));
      for (const userId of oddIds.slice(0, 12)) {
        const read = await readAll(source, userId, { limit: 5, maxBytes: plenty.maxBytes });
        expect(read.map(({ date }) => date)).toEqual(dates);
        expect(new Set(read.map((entry) => entry.userId))).toEqual(new Set([userId]));
      }
    });

    test('hold each document whole, with its update time to the microsecond', async () => {
      const source = await open(user('ann', ['2026-01-01']));
      const { entries } = await source.readPage({ userId: 'ann', ...plenty });
      expect(readEntry(entries[0])).toEqual(
        whole({ userId: 'ann', date: '2026-01-01' }, journalEntry(1, 0).fields),
      );
    });
  });
}

function describeReads(open: Open): void {
  describe('entries read by name', () => {
    test('are those that exist, whole', async () => {
      const source = await open(user('ann', ['1', '2']), user('bob', ['1'], false));
      const refs = [
        { userId: 'ann', date: '2' },
        { userId: 'ann', date: 'none' },
        { userId: 'nobody', date: '1' },
        { userId: 'bob', date: '1' },
      ];
      const read = await source.readEntries(refs);
      const found = new Map(read.map((entry) => [`${entry.userId}/${entry.date}`, entry]));
      expect([...found.keys()].toSorted()).toEqual(['ann/2', 'bob/1']);
      expect(readEntry(found.get('ann/2'))).toEqual(
        whole({ userId: 'ann', date: '2' }, journalEntry(1, 1).fields),
      );
    });

    test('hold no fields if only their keys are requested', async () => {
      const source = await open(user('ann', ['1']));
      const [entry] = await source.readEntries([{ userId: 'ann', date: '1' }], { keysOnly: true });
      expect(readEntry(entry)).toEqual(whole({ userId: 'ann', date: '1' }, {}));
    });

    test('may have any id, and be many', async () => {
      const source = await open(...oddIds.map((id) => user(id, oddIds, false)));
      const refs = oddIds.flatMap((userId) => oddIds.map((date) => ({ userId, date })));
      const read = await source.readEntries(refs, { keysOnly: true });
      expect(read.map(keyOf).toSorted()).toEqual(refs.map(keyOf).toSorted());
    });

    test('may be none', async () => {
      const source = await open();
      expect(await source.readEntries([])).toEqual([]);
      expect(await source.readBatch([], { maxBytes: 1 })).toEqual({ entries: [], rest: [] });
    });

    test('in a batch end once they are large enough, and the rest has to be requested again', async () => {
      const dates = Array.from({ length: 20 }, (_, index) => `2026-01-${10 + index}`);
      const source = await open(user('ann', dates));
      let rest: readonly EntryRef[] = [...dates, 'none'].map((date) => ({ userId: 'ann', date }));
      const read: SourceEntry[] = [];
      let batches = 0;
      while (rest.length > 0) {
        const batch = await source.readBatch(rest, { maxBytes: 10_000 });
        const bytes = batch.entries.map(({ document }) => document.byteLength);
        const total = bytes.reduce((sum, size) => sum + size, 0);
        expect(total - (bytes.at(-1) ?? 0)).toBeLessThan(10_000);
        expect(batch.entries.length + batch.rest.length).toBeGreaterThanOrEqual(rest.length - 1);
        read.push(...batch.entries);
        rest = batch.rest;
        batches += 1;
      }
      expect(batches).toBeGreaterThan(1);
      expect(read.map(({ date }) => date).toSorted()).toEqual(dates);
      expect(readEntry(read.find(({ date }) => date === dates[3]))).toEqual(
        whole({ userId: 'ann', date: dates[3]! }, journalEntry(1, 3).fields),
      );
    });
  });
}

function describeAborts(open: Open): void {
  test('a call that was aborted before it began rejects with ABORTED', async () => {
    const source = await open(user('ann', ['1']));
    const signal = AbortSignal.abort();
    const calls = [
      source.listUsers({ pageSize: 1, signal }),
      source.countEntries(signal),
      source.hasEntries(signal),
      source.countUserEntries('ann', signal),
      source.readPage({ userId: 'ann', ...plenty, signal }),
      source.readEntries([{ userId: 'ann', date: '1' }], { signal }),
      source.listDates({ userId: 'ann', limit: 1, signal }),
      source.readBatch([{ userId: 'ann', date: '1' }], { maxBytes: 1, signal }),
    ];
    expect(await codesOf(calls)).toEqual(Array.from({ length: calls.length }, () => 'ABORTED'));
  });

  test('it describes where it reads', async () => {
    expect((await open()).describe()).toMatch(/\{userId\}\/.*\{date\}/);
  });
}

async function listAll(source: Source, pageSize: number) {
  let page = await source.listUsers({ pageSize });
  const users = [...page.users];
  while (page.nextPageToken !== undefined) {
    page = await source.listUsers({ pageSize, pageToken: page.nextPageToken });
    users.push(...page.users);
  }
  return users;
}

async function readAll(
  source: Source,
  userId: string,
  size: { limit: number; maxBytes: number },
): Promise<readonly SourceEntry[]> {
  let page = await source.readPage({ userId, ...size });
  const entries = [...page.entries];
  while (page.more) {
    expect(page.entries.length).toBeLessThanOrEqual(size.limit);
    const after = entries.at(-1)?.date;
    page = await source.readPage({ userId, ...size, after });
    entries.push(...page.entries);
  }
  return entries;
}

/** The content of an entry, decoded with the published protos. */
function readEntry(entry: SourceEntry | undefined) {
  if (entry === undefined) throw new Error('There is no such entry.');
  const { userId, date, updateTime } = entry;
  const document = decodeDocument(entry.document);
  const parent = /^projects\/[^/]+\/databases\/[^/]+\/documents\/(?:.*\/)?/s.exec(document.name)?.[0] ?? '';
  return { userId, date, updateTime, id: document.name.slice(parent.length), fields: document.fields };
}

function whole(ref: EntryRef, fields: JournalEntry['fields']) {
  return {
    ...ref,
    id: ref.date,
    updateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    fields: decodeDocument(encodeDocument({ name: 'n', fields })).fields,
  };
}

const keyOf = ({ userId, date }: EntryRef): string => JSON.stringify([userId, date]);

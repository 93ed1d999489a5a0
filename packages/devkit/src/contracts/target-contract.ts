import { dateKey, MigrationError, parseItem, type StoredItem, type Target } from '@migrator/core';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeItem, type ItemFixture, migratedItem } from '../fixtures/encode-item.ts';
import { heldLease } from '../fixtures/placeholders.ts';
import { oddIds } from '../fixtures/odd-ids.ts';
import { keepsTags } from '../services/vendors/keeps-tags.ts';
import { codesOf } from './codes-of.ts';

export interface TargetUnderTest {
  readonly target: Target;
  /** Stores an item as the application would: any item, without a condition. */
  readonly put: (item: StoredItem) => Promise<void>;
}

/** Opens the target under test over an empty table. The suite closes it. */
export type OpenTarget = () => Promise<TargetUnderTest>;

/** The requirements of every Target: a vitest suite that each adapter runs. */
export function describeTargetContract(name: string, openTarget: OpenTarget): void {
  describe(`${name} fulfills the target's contract`, () => {
    const opened: Target[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (target) => await target.close()));
    });
    const open: OpenTarget = async () => {
      const under = await openTarget();
      opened.push(under.target);
      return under;
    };
    describeConditionalPuts(open);
    describeBatches(open);
    describeDeletes(open);
    describeReads(open);
    describeWholeTable(open);
    describeTags(open);
  });
}

const ann: ItemFixture = { userId: 'ann', date: '2026-01-01' };
const older = { migratedAt: '2026-05-01T00:00:00.000Z' };
const newer = { migratedAt: '2026-07-01T00:00:00.000Z' };
const key = dateKey(ann);

/** A migrated item after the application has saved it. */
function savedByApplication(fixture: ItemFixture): StoredItem {
  return { ...migratedItem(fixture), updatedAt: { S: '2026-06-15T12:00:00.000Z' } };
}

async function storedAt(target: Target, dateKeyOf: string): Promise<StoredItem | undefined> {
  const json = (await target.getItems([dateKeyOf])).items.get(dateKeyOf);
  return json && parseItem(json);
}

function describeTags(open: OpenTarget): void {
  describe.skipIf(!keepsTags())('tags', () => {
    test('are kept by key, and none is an item', async () => {
      const { target } = await open();
      expect([...(await target.readTags(''))]).toEqual([]);
      await target.writeTag('ours/a', 'one', heldLease);
      await target.writeTag('theirs', 'another', heldLease);
      await target.writeTag('ours/a', '1 at 2026-01-01T00:00:00.000Z +-=._:/@', heldLease);
      expect([...(await target.readTags('ours/'))]).toEqual([
        ['ours/a', '1 at 2026-01-01T00:00:00.000Z +-=._:/@'],
      ]);
      expect(await target.isEmpty()).toBe(true);
    });
  });
}

function describeBatches(open: OpenTarget): void {
  describe('a batch of items to create', () => {
    const bob = { userId: 'bob', date: '2026-01-02' };

    test('creates those whose keys are free and changes nothing else, or is not supported', async () => {
      const { target, put } = await open();
      const application = savedByApplication(ann);
      await put(application);
      const items = [encodeItem(ann), encodeItem(bob)];
      const takesBatches = (await target.whyNoBatches()) === undefined;
      const answer = await target.createItems(items, heldLease).then(
        ({ created }) => created,
        (error: unknown) => MigrationError.codeOf(error),
      );
      expect(answer).toEqual(takesBatches ? [false, true] : 'NOT_SUPPORTED');
      expect(await storedAt(target, dateKey(bob))).toEqual(takesBatches ? migratedItem(bob) : undefined);
      expect(await storedAt(target, key)).toEqual(application);
    });

    test('that the service refuses as a whole is left to the conditional put', async () => {
      const { target } = await open();
      if ((await target.whyNoBatches()) !== undefined) return;
      const twice = [encodeItem(ann), encodeItem(ann)];
      expect(await target.createItems(twice, heldLease)).toMatchObject({ created: [false, false] });
      // DynamoDB Local has written one of them before it refuses.
      expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'written' });
      expect(await storedAt(target, key)).toEqual(migratedItem(ann));
    });

    test('checking for batch support writes nothing', async () => {
      const { target } = await open();
      await target.whyNoBatches();
      expect(await target.isEmpty()).toBe(true);
    });
  });
}

function describeConditionalPuts(open: OpenTarget): void {
  describe('a conditional put', () => {
    test('writes where there is nothing', async () => {
      const { target } = await open();
      const result = await target.putOwned(encodeItem(ann), heldLease);
      expect(result).toEqual({ outcome: 'written', writeUnits: 1 });
      expect(await storedAt(target, key)).toEqual(migratedItem(ann));
    });

    test.each([
      ['of an older run', older],
      ['of this very run', {}],
      ['of an older state of the document', { originalTimestamp: '2026-04-01T00:00:00.000000Z' }],
    ])('replaces its own item %s, and returns it', async (_, before) => {
      const { target, put } = await open();
      await put(migratedItem({ ...ann, ...before }));
      const result = await target.putOwned(encodeItem(ann), heldLease);
      expect(result).toMatchObject({ outcome: 'written', replaced: migratedItem({ ...ann, ...before }) });
      expect(await storedAt(target, key)).toEqual(migratedItem(ann));
    });

    test.each<[string, StoredItem]>([
      ['the application has saved', savedByApplication(ann)],
      ['is of a newer run', migratedItem({ ...ann, ...newer })],
      [
        'is of a newer state of the document',
        migratedItem({ ...ann, originalTimestamp: '2026-05-02T00:00:00.000000Z' }),
      ],
      [
        'the application has made',
        { dateKey: { S: key }, data: { S: 'anything' }, tags: { SS: ['a', 'b'] } },
      ],
      ['has nothing but its key', { dateKey: { S: key } }],
      [
        'is of another entry with the same key',
        { ...migratedItem({ userId: 'ann_2026-01', date: '01' }), dateKey: { S: key } },
      ],
    ])('keeps an item that %s, and returns it', async (_, stored) => {
      const { target, put } = await open();
      await put(stored);
      expect(await target.putOwned(encodeItem(ann), heldLease)).toMatchObject({ outcome: 'refused', stored });
      expect(await storedAt(target, key)).toEqual(stored);
    });

    test('takes any key', async () => {
      const { target } = await open();
      for (const id of oddIds) {
        const fixture = { userId: id, date: id };
        expect(await target.putOwned(encodeItem(fixture), heldLease)).toMatchObject({ outcome: 'written' });
        expect(await storedAt(target, dateKey(fixture))).toEqual(migratedItem(fixture));
      }
    });

    test('fails an item that is too large', async () => {
      const { target } = await open();
      const item = encodeItem({ ...ann, data: { note: { S: 'x'.repeat(420_000) } } });
      await expect(target.putOwned(item, heldLease)).rejects.toMatchObject({
        code: 'ITEM_TOO_LARGE',
        message: expect.stringMatching(/^Failed to save journal data: /),
      });
    });
  });
}

function describeDeletes(open: OpenTarget): void {
  describe('a conditional delete', () => {
    const ref = { ...ann, dateKey: key };

    test('removes an owned item, of any run or of one', async () => {
      const { target } = await open();
      await target.putOwned(encodeItem(ann), heldLease);
      expect(await target.deleteOwned(ref, heldLease)).toMatchObject({ outcome: 'deleted' });
      expect(await storedAt(target, key)).toBeUndefined();
      const { migratedAt } = encodeItem(ann);
      await target.putOwned(encodeItem(ann), heldLease);
      expect(await target.deleteOwned({ ...ref, migratedAt }, heldLease)).toMatchObject({
        outcome: 'deleted',
      });
    });

    test.each<[string, StoredItem]>([
      ['the application has saved', savedByApplication(ann)],
      ['the application has made', { dateKey: { S: key }, data: { M: {} } }],
      ['belongs to another entry', { ...migratedItem({ userId: 'bob', date: '1' }), dateKey: { S: key } }],
    ])('keeps an item that %s', async (_, stored) => {
      const { target, put } = await open();
      await put(stored);
      expect(await target.deleteOwned(ref, heldLease)).toMatchObject({ outcome: 'refused', stored });
      expect(await storedAt(target, key)).toEqual(stored);
    });

    test('keeps an item of another run', async () => {
      const { target, put } = await open();
      await put(migratedItem(ann));
      expect(await target.deleteOwned({ ...ref, ...newer }, heldLease)).toMatchObject({ outcome: 'refused' });
      expect(await storedAt(target, key)).toEqual(migratedItem(ann));
    });

    test('of no item is refused without an item', async () => {
      const { target } = await open();
      const result = await target.deleteOwned(ref, heldLease);
      expect(result).toEqual({ outcome: 'refused', writeUnits: expect.any(Number) });
    });
  });
}

function describeReads(open: OpenTarget): void {
  describe('reading', () => {
    test('by key finds what exists, of any number of keys, named once or twice', async () => {
      const { target, put } = await open();
      const fixtures = Array.from({ length: 120 }, (_, index) => ({ userId: 'ann', date: String(index) }));
      for (const fixture of fixtures) await put(migratedItem(fixture));
      const keys = fixtures.map(dateKey);
      const { items, readUnits } = await target.getItems([...keys, ...keys, 'journal_no_one']);
      expect([...items.keys()].toSorted()).toEqual(keys.toSorted());
      expect(readUnits).toBeGreaterThan(0);
      expect((await target.getItems([])).items.size).toBe(0);
    });

    test('by key releases memory on request, and nothing else with it', async () => {
      const { target, put } = await open();
      const fixtures = Array.from({ length: 120 }, (_, index) => ({ userId: 'ann', date: String(index) }));
      const note = { S: 'long '.repeat(200) };
      for (const fixture of fixtures) await put(migratedItem({ ...fixture, data: { note } }));
      const keys = fixtures.map(dateKey);
      const [first, second] = await Promise.all([target.getItems(keys), target.getItems(keys)]);
      first.free?.();
      first.free?.();
      for (const each of keys)
        expect(parseItem(second.items.get(each)!)).toMatchObject({ dateKey: { S: each } });
      second.free?.();
      const again = await target.getItems(keys);
      for (const each of keys)
        expect(parseItem(again.items.get(each)!)).toMatchObject({ dateKey: { S: each } });
    });

    test('by scan finds each item once, over all segments and pages', async () => {
      const { target, put } = await open();
      const fixtures = Array.from({ length: 60 }, (_, index) => ({ userId: 'ann', date: String(index) }));
      for (const fixture of fixtures) await put(migratedItem(fixture));
      await put({ dateKey: { S: 'settings' }, tags: { SS: ['a'] } });
      for (const totalSegments of [1, 3]) {
        const found = await scanAll(target, totalSegments, { limit: 7 });
        const keys = found.map((item) => item['dateKey']);
        expect(keys).toHaveLength(61);
        expect(new Set(keys.map((attribute) => JSON.stringify(attribute))).size).toBe(61);
        expect(found).toContainEqual(migratedItem({ userId: 'ann', date: '42' }));
      }
    });

    test('by scan can omit all but the fields of ownership', async () => {
      const { target, put } = await open();
      await put(migratedItem({ ...ann, data: { note: { S: 'long' } } }));
      await put({ dateKey: { S: 'settings' }, tags: { SS: ['a'] } });
      const { trades: _, ...data } = mapOf(migratedItem(ann)['data']);
      const found = await scanAll(target, 1, { keysOnly: true });
      expect(found).toContainEqual({ ...migratedItem(ann), data: { M: data } });
      expect(found).toContainEqual({ dateKey: { S: 'settings' } });
    });
  });
}

function describeWholeTable(open: OpenTarget): void {
  describe('the table', () => {
    test('is empty until something is in it', async () => {
      const { target, put } = await open();
      expect(await target.isEmpty()).toBe(true);
      await put({ dateKey: { S: 'settings' } });
      expect(await target.isEmpty()).toBe(false);
    });

    test('passes the preflight', async () => {
      const { target } = await open();
      expect(await target.preflight()).toMatchObject({
        itemCount: expect.any(Number),
        sizeBytes: expect.any(Number),
      });
    });
  });

  test('a call that was aborted before it began rejects with ABORTED, and does nothing', async () => {
    const { target } = await open();
    const signal = AbortSignal.abort();
    const calls = [
      target.putOwned(encodeItem(ann), heldLease, signal),
      target.getItems([key], signal),
      target.deleteOwned({ ...ann, dateKey: key }, heldLease, signal),
      target.scan({ segment: 0, totalSegments: 1, signal }),
      target.isEmpty(signal),
      target.preflight(signal),
    ];
    expect(await codesOf(calls)).toEqual(Array.from({ length: calls.length }, () => 'ABORTED'));
    expect(await target.isEmpty()).toBe(true);
  });
}

async function scanAll(
  target: Target,
  totalSegments: number,
  options: { limit?: number; keysOnly?: boolean },
): Promise<readonly StoredItem[]> {
  const items: StoredItem[] = [];
  for (let segment = 0; segment < totalSegments; segment += 1) {
    let cursor: string | undefined;
    do {
      const page = await target.scan({ segment, totalSegments, ...options, cursor });
      items.push(...page.items.map(parseItem));
      page.free?.();
      page.free?.();
      ({ cursor } = page);
    } while (cursor !== undefined);
  }
  return items;
}

function mapOf(attribute: StoredItem[string] | undefined): StoredItem {
  if (attribute === undefined || !('M' in attribute)) throw new Error('Not a map.');
  return attribute.M;
}

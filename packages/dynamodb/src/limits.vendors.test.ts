// The limits of DynamoDB at which the target must hold, on Amazon's own engine: the stand-in has them at second hand.
import { randomUUID } from 'node:crypto';
import { maxItemBytes, parseItem, type StoredAttribute, type Target } from '@migrator/core';
import { encodeItem, heldLease, type ItemFixture, migratedItem } from '@migrator/devkit';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';

const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, ...rest } = inject('services');
let target: Target;

async function openTable(): Promise<Target> {
  const opened = createDynamoDbTarget({
    tableName: `limits-${randomUUID()}`,
    endpoint,
    region,
    createTable: true,
  });
  await opened.preflight();
  return opened;
}

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', rest.AWS_ACCESS_KEY_ID);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', rest.AWS_SECRET_ACCESS_KEY);
  target = await openTable();
});
afterAll(async () => {
  await target.close();
  vi.unstubAllEnvs();
});

function entry(date: string, data: NonNullable<ItemFixture['data']> = {}): ItemFixture {
  return { userId: 'ann', date, data };
}

/** An entry whose item is so large as DynamoDB counts. */
function entryOf(bytes: number, date: string): ItemFixture {
  const { size } = encodeItem(entry(date, { note: { S: '' } }));
  return entry(date, { note: { S: 'x'.repeat(bytes - size) } });
}

const put = (fixture: ItemFixture) => target.putOwned(encodeItem(fixture), heldLease);

async function expectStored(fixture: ItemFixture): Promise<void> {
  const { dateKey } = encodeItem(fixture);
  const { items, free } = await target.getItems([dateKey]);
  expect(parseItem(items.get(dateKey)!)).toEqual(migratedItem(fixture));
  free?.();
}

test('an item of 400 KB is written, read and deleted, and one byte more is too large', async () => {
  const largest = entryOf(maxItemBytes, 'largest');
  expect(await put(largest)).toEqual({ outcome: 'written', writeUnits: 400 });
  await expectStored(largest);
  expect(await put(largest)).toMatchObject({ outcome: 'written', replaced: migratedItem(largest) });
  expect(await target.deleteOwned(encodeItem(largest), heldLease)).toMatchObject({ outcome: 'deleted' });
  await expect(put(entryOf(maxItemBytes + 1, 'larger'))).rejects.toMatchObject({ code: 'ITEM_TOO_LARGE' });
});

function inMaps(levels: number): StoredAttribute {
  return levels === 0 ? { S: 'x' } : { M: { a: inMaps(levels - 1) } };
}

/** The service writes numbers in a form of its own. */
function plain(value: StoredAttribute | undefined): unknown {
  return value !== undefined && 'N' in value ? Number(value.N) : value;
}

describe('values', () => {
  test.each<[string, StoredAttribute]>([
    ['the largest number', { N: '99999999999999999999999999999999999999E+87' }],
    ['the smallest number', { N: '1E-130' }],
    ['the lowest number', { N: '-99999999999999999999999999999999999999E+87' }],
    ['all digits of an integer', { N: '9223372036854775807' }],
    ['empty text', { S: '' }],
    ['empty bytes', { B: '' }],
    ['an empty list and an empty map', { L: [{ L: [] }, { M: {} }] }],
    ['null and false', { L: [{ NULL: true }, { BOOL: false }] }],
    ['text of NUL and of a surrogate pair', { S: '\0\u{1F600}' }],
    // `data` and the field itself are levels 1 and 2.
    ['the deepest nesting', inMaps(30)],
  ])('%s is taken', async (name, value) => {
    const fixture = entry(name, { value });
    expect(await put(fixture)).toMatchObject({ outcome: 'written' });
    const { dateKey } = encodeItem(fixture);
    const stored = parseItem((await target.getItems([dateKey])).items.get(dateKey)!)['data'];
    const found = stored !== undefined && 'M' in stored ? stored.M['value'] : undefined;
    expect(plain(found)).toEqual(plain(value));
  });

  test.each<[string, StoredAttribute]>([
    ['a number that is too large', { N: '1E+126' }],
    ['a number that is too small', { N: '1E-131' }],
    ['a number of 39 digits', { N: '123456789012345678901234567890123456789' }],
    ['deeper nesting', inMaps(31)],
    ['an empty name', { M: { '': { S: 'x' } } }],
  ])('%s is refused, as a failure of its entry alone', async (name, value) => {
    await expect(put(entry(name, { value }))).rejects.toMatchObject({ code: 'INVALID_ITEM' });
  });

  test('a key of 2,048 bytes is taken, and a longer one refused', async () => {
    const { dateKey } = encodeItem(entry(''));
    const room = 2_048 - Buffer.byteLength(dateKey);
    expect(await put(entry('x'.repeat(room)))).toMatchObject({ outcome: 'written' });
    // DynamoDB Local does not word it as the service does, which makes it KEY_TOO_LONG.
    await expect(put(entry('x'.repeat(room + 1)))).rejects.toMatchObject({ code: 'INVALID_ITEM' });
  });
});

test('answers of 16 MB and pages of 1 MB leave nothing out', async () => {
  await using own = await openOwn();
  const fixtures = Array.from({ length: 60 }, (_, index) => entryOf(390_000, `large-${index}`));
  for (let at = 0; at < fixtures.length; at += 10) {
    await Promise.all(
      fixtures.slice(at, at + 10).map((one) => own.target.putOwned(encodeItem(one), heldLease)),
    );
  }
  const keys = fixtures.map((one) => encodeItem(one).dateKey);
  // 23 MB: the first answer ends at 16 MB and names the rest as unprocessed.
  const { items, readUnits, free } = await own.target.getItems(keys);
  expect([...items.keys()].toSorted()).toEqual(keys.toSorted());
  expect(readUnits).toBeGreaterThan(0);
  free?.();

  const scanned: string[] = [];
  let pages = 0;
  for (let segment = 0; segment < 4; segment += 1) {
    let cursor: string | undefined;
    do {
      const page = await own.target.scan({ segment, totalSegments: 4, cursor });
      pages += 1;
      for (const item of page.items) scanned.push((parseItem(item)['dateKey'] as { S: string }).S);
      ({ cursor } = page);
    } while (cursor !== undefined);
  }
  expect(scanned.toSorted()).toEqual(keys.toSorted());
  // At most three of them fit into a page.
  expect(pages).toBeGreaterThanOrEqual(20);
});

async function openOwn(): Promise<AsyncDisposable & { readonly target: Target }> {
  const opened = await openTable();
  return {
    target: opened,
    [Symbol.asyncDispose]: async () => {
      await opened.close();
    },
  };
}

import { addTo, type EntryRef, digestSums } from '@migrator/core';
import { expect, test } from 'vitest';

import { isBalanced, SetDigest } from './set-digest.ts';

const key = '00112233445566778899aabbccddeeff';
type Item = EntryRef & { readonly at: string };

function item(userId: string, date: string, at = `journal_${userId}_${date}`): Item {
  return { userId, date, at };
}

const users = ['ann', 'bob', 'größe', '用户'];
const dates = ['2026-11-20', '2026-11-21', '1'];
const all = users.flatMap((user) => dates.map((date) => item(user, date)));

function balanced(there: readonly Item[], back: readonly Item[], pageSize = 5, keyBack = key): boolean {
  const totals: Record<string, number> = {};
  for (const [items, sign, setKey] of [
    [there, 1, key],
    [back, -1, keyBack],
  ] as const) {
    for (let from = 0; from < items.length; from += pageSize) {
      const page = new SetDigest(setKey, sign);
      for (const { at, ...entry } of items.slice(from, from + pageSize)) page.add(at, entry);
      for (const [name, amount] of Object.entries(page.deltas())) addTo(totals, name, amount);
    }
  }
  return isBalanced(totals);
}

test('the same items leave nothing, in whatever order and by whatever pages', () => {
  expect(balanced(all, all.toReversed())).toBe(true);
  expect(balanced(all, all, 1)).toBe(true);
  expect(balanced([], [])).toBe(true);
});

test.each<[string, readonly Item[]]>([
  ['one less', all.slice(1)],
  ['one more', [...all, item('ann', '2')]],
  ['one twice', [...all, all[0]!]],
  ['another one', [...all.slice(1), item('cid', '1')]],
  ['one at another key', [...all.slice(1), item('ann', '2026-11-20', 'journal_ann_x')]],
  [
    'two that have changed their dates',
    [...all.slice(2), item('ann', '2026-11-21', all[0]!.at), item('ann', '2026-11-20', all[1]!.at)],
  ],
  ['ids with slashes', [...all.slice(1), item('ann/2026-11-20', '', 'journal_ann_2026-11-20')]],
])('%s shows', (_, back) => {
  expect(balanced(all, back)).toBe(false);
  expect(balanced(back, all)).toBe(false);
});

/** An item as a scan reads it. */
function scanned({ userId, date, at }: Item, updatedAt = 'then'): Uint8Array {
  const metadata = {
    M: { migratedFrom: { S: 'firestore' }, migratedAt: { S: 'then' }, originalTimestamp: { S: '' } },
  };
  const data = { M: { userId: { S: userId }, date: { S: date }, metadata } };
  return Buffer.from(JSON.stringify({ dateKey: { S: at }, data, updatedAt: { S: updatedAt } }));
}

test('an owned item counts the same unparsed', () => {
  for (const one of [...all, item('ann', '1'.repeat(1_500)), item('a', '')]) {
    const [parsed, unparsed] = [new SetDigest(key, 1), new SetDigest(key, 1)];
    parsed.add(one.at, one);
    expect(unparsed.addOwned(scanned(one))).toBe(true);
    expect(unparsed.deltas()).toEqual(parsed.deltas());
  }
});

test.each<[string, Uint8Array]>([
  ['an item that the application has saved', scanned(item('ann', '1'), 'later')],
  ['an id with an escape', scanned(item('a"nn', '1'))],
  ['an id longer than any', scanned(item('a'.repeat(9_000), '1'))],
])('%s is not decided unparsed, and not counted', (_, json) => {
  const page = new SetDigest(key, 1);
  expect(page.addOwned(json)).toBe(false);
  expect(page.deltas()).toEqual(new SetDigest(key, 1).deltas());
});

test('half a surrogate pair is not the character that stands for what can not be read', () => {
  expect(balanced([item('ann', '\ufffd')], [item('ann', '\ud83e')])).toBe(false);
  expect(balanced([item('ann', '\udd8a')], [item('ann', '\ud83e')])).toBe(false);
});

test('with another key the sums are others', () => {
  expect(balanced(all, all, 5, key.toUpperCase())).toBe(false);
});

test('no page moves a sum by more than its bits', () => {
  const page = new SetDigest(key, -1);
  for (let date = 0; date < 1_000; date += 1)
    page.add(`journal_ann_${date}`, { userId: 'ann', date: `${date}` });
  const deltas = page.deltas();
  for (const sum of digestSums) expect(Math.abs(deltas[sum] ?? 0)).toBeLessThan(2 ** 24);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareIds, compareSegments, compareUtf8 } from './compare-ids.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });

test('strings stand in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('a character above U+FFFF stands behind U+E000 and later ones', () => {
  expect(compareUtf8('\u{1f600}', '\uffee')).toBeGreaterThan(0);
});

test('numeric ids stand first, by their number', () => {
  const ids = ['b', '__id10__', 'a', '__id-3__', '__id9__', '__idx', ''];
  expect(ids.toSorted(compareIds)).toEqual(['__id-3__', '__id9__', '__id10__', '', '__idx', 'a', 'b']);
});

test('a path stands before what lies below it', () => {
  expect(compareSegments(['a', 'b'], ['a', 'b', 'c', 'd'])).toBeLessThan(0);
  expect(compareSegments(['a', 'b-'], ['a', 'b', 'c', 'd'])).toBeGreaterThan(0);
});

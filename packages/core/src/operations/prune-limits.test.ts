import { expect, test } from 'vitest';

import { needsPruneCount, pruneRefusal } from './prune-limits.ts';

test.each([
  { found: 10, owned: 10, asked: false },
  { found: 11, owned: 11, asked: true },
  { found: 11, owned: 110, asked: false },
  { found: 12, owned: 110, asked: true },
  { found: 100, owned: 1_000, asked: false },
  { found: 101, owned: 1_000, asked: true },
])('$found of $owned items: asked for a number $asked', ({ found, owned, asked }) => {
  expect(needsPruneCount({ found, owned })).toBe(asked);
  expect(pruneRefusal({ found, owned }, undefined) !== undefined).toBe(asked);
  expect(pruneRefusal({ found, owned }, found)).toBeUndefined();
});

test('another number than the one that was found is refused, and both are named', () => {
  expect(pruneRefusal({ found: 12, owned: 50 }, 11)).toMatch(/^PRUNE_NOT_CONFIRMED: 12 .* pruneCount is 11/);
  expect(pruneRefusal({ found: 0, owned: 50 }, 11)).toMatch(/0 items .* 11/);
});

import { expect, test } from 'vitest';

import { hasProgressed, isProgress } from './task-counts.ts';

test.each([
  [{ deltas: {}, last: false }, false],
  [{ deltas: { readUnits: 40, writeUnits: 3, bytes: 900 }, last: false }, false],
  [{ deltas: { deleted: 0, writeUnits: 1 }, resolved: [], last: false }, false],
  [{ deltas: { created: 1 }, last: false }, true],
  [{ deltas: {}, resolved: ['2026-01-01'], last: false }, true],
  [{ deltas: {}, cursor: 'after', last: false }, true],
])('what costs is no progress by itself: %j', (page, expected) => {
  expect(isProgress(page)).toBe(expected);
});

test.each([
  [{ created: 1 }, { created: 1, readUnits: 30, writeUnits: 4 }, false],
  [{ created: 1, failed: 1 }, { created: 1, failed: 1 }, false],
  [{}, { unchanged: 1 }, true],
  [{ failed: 1 }, { failed: 0, created: 1 }, true],
])('what others paid for is no work, what they did is: %j, then %j', (before, now, expected) => {
  expect(hasProgressed({ totals: before }, { totals: now })).toBe(expected);
});

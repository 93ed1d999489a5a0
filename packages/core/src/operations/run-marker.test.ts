import { expect, test } from 'vitest';

import { decodeRunMarker, encodeRunMarker, type RunMarker } from './run-marker.ts';

const migrationId = 'migration-20261127T142346123Z';
const finishedAt = '2026-11-27T14:40:01.000Z';
const completed = { state: 'completed', migrationId, finishedAt } as const;

const markers: readonly RunMarker[] = [
  { state: 'started', migrationId },
  { state: 'rolled-back', migrationId, rollbackId: 'rollback-20261128T000000000Z' },
  { ...completed, users: 0, totals: {} },
  {
    ...completed,
    users: 2,
    totals: { created: 12, unchanged: 1, writeUnits: 36 },
    verification: { id: 'verification-20261127T143900000Z', totals: { entries: 13, items: 13 } },
  },
  { ...completed, users: 2, totals: { conflicts: 1 }, prune: { deleted: 40, unknown: 1 } },
];

test.each(markers)('a marker comes back from its text as it was: %o', (marker) => {
  expect(decodeRunMarker(encodeRunMarker(marker))).toEqual(marker);
});

test('the text of a run of any size is what a tag may hold', () => {
  // Some 78 billion each, and petabytes.
  const most = 36 ** 7 - 1;
  const all = (...names: string[]) => Object.fromEntries(names.map((name) => [name, most]));
  const marker: RunMarker = {
    ...completed,
    users: most,
    totals: {
      ...all('created', 'repaired', 'unchanged', 'conflicts', 'newer', 'vanished', 'writeUnits'),
      ...all('encodedAsText', 'warnings', 'compressed'),
      bytes: 10 ** 15,
    },
    verification: {
      id: 'verification-20261127T143900000Z',
      totals: all('entries', 'items', 'target-changed', 'unknown'),
    },
    prune: all('deleted', 'kept', 'unknown'),
  };
  const text = encodeRunMarker(marker);
  expect(text.length).toBeLessThanOrEqual(256);
  expect(text).toMatch(/^[A-Za-z0-9 +\-=._:/@]+$/);
  expect(decodeRunMarker(text)).toEqual(marker);
});

test.each([
  '',
  'anything',
  `2 completed ${migrationId} ${finishedAt} 1 - -`,
  `1 completed ${migrationId}`,
  `1 completed ${migrationId} ${finishedAt} 1`,
  `1 rolled-back ${migrationId}`,
  `1 unheard-of ${migrationId} ${finishedAt} 1 - -`,
  '1 started',
])('a text that is no marker of this version is none: %s', (text) => {
  expect(decodeRunMarker(text)).toBeUndefined();
});

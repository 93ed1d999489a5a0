import { expect, inject, test } from 'vitest';

import { chaos } from './chaos.ts';
import { describeChaos } from './describe-chaos.ts';

/** The suite's own where they are the vendors': a second pair of Java programs takes too much memory. */
const engines =
  process.env['SERVICES'] === 'vendors'
    ? { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-chaos', DYNAMODB_TABLE: 'chaos' }
    : undefined;

test('a run under faults of all kinds loses nothing, changes nothing and counts nothing twice', async () => {
  const result = await chaos({ seed: 11, faults: 60, entries: 1_200, limitSeconds: 150, engines });
  expect(result.ok, describeChaos(result)).toBe(true);
  expect(result.faults.total).toBeGreaterThanOrEqual(30);
  expect(Object.keys(result.faults.byKind).length).toBeGreaterThan(8);
}, 180_000);

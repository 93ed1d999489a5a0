import { expect, test } from 'vitest';
import { ServiceMetrics } from './service-metrics.ts';

test('each outcome of an entry has its series before the first entry, so that a rate over it is complete', async () => {
  const exported = await new ServiceMetrics('worker').export();
  const entries = exported.find(({ name }) => name === 'migrator_entries_total');
  const series = entries?.values.map(({ labels, value }) => [labels['outcome'], value]);
  expect(series).toStrictEqual([
    ['created', 0],
    ['repaired', 0],
    ['unchanged', 0],
    ['conflicts', 0],
    ['newer', 0],
    ['vanished', 0],
    ['failed', 0],
    ['unread', 0],
  ]);
});

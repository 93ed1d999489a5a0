import type { Operation } from '@migrator/core';
import { sampleBinding } from '@migrator/devkit';
import { expect, test } from 'vitest';

import { PhaseReporter } from './phase-reporter.ts';
import type { WorkEvent } from './work-events.ts';

const operation: Operation = {
  id: 'migration-20261122T091051123Z',
  kind: 'migration',
  request: { kind: 'migration', dryRun: false, verify: true, prune: false },
  binding: sampleBinding,
  state: 'running',
  phase: 'migrating',
  control: 'run',
  startedAt: '2026-11-22T09:10:51.123Z',
  listing: { done: true },
  tasks: { listed: 1, completed: 0, failed: 0 },
  totals: { created: 50 },
  codes: {},
  coordinatorState: { totalEntries: 100 },
};

test('progress is told once a minute, and not while it is paused', () => {
  const events: WorkEvent[] = [];
  let now = 0;
  const reporter = new PhaseReporter(
    (event) => events.push(event),
    () => now,
  );
  const progress = () => events.filter(({ kind }) => kind === 'progress');
  for (now = 0; now < 60_000; now += 250) reporter.seen(operation);
  expect(progress()).toEqual([]);
  for (; now < 179_000; now += 250) reporter.seen(operation);
  expect(progress()).toHaveLength(2);
  expect(progress()[0]).toMatchObject({ run: operation.id, processed: 50, total: 100, percent: 50 });
  for (; now < 400_000; now += 250) reporter.seen({ ...operation, control: 'pause' });
  expect(progress()).toHaveLength(2);
  expect(events.filter(({ kind }) => kind === 'phase')).toHaveLength(2);
});

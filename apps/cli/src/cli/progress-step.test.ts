import type { CurrentStatus, Progress, StatusState } from '@migrator/engine';
import { expect, it } from 'vitest';

import { stepMeter } from './progress-step.ts';

function status(
  state: StatusState,
  progress: Partial<Progress>,
  operationId = 'migration-1',
): Pick<CurrentStatus, 'state' | 'operationId' | 'progress'> {
  return {
    state,
    operationId,
    progress: {
      processed: 0,
      total: 100,
      percent: null,
      entriesPerSecond: 0,
      etaSeconds: null,
      users: { listed: 0, completed: 0, failed: 0 },
      outcomes: {},
      reason: null,
      ...progress,
    },
  };
}

it('shows the pace that the API knows', () => {
  const stepOf = stepMeter(() => 0);
  expect(stepOf(status('migrating', { processed: 40, entriesPerSecond: 20, etaSeconds: 3 }))).toMatchObject({
    label: 'Migrating',
    processed: 40,
    perSecond: 20,
    etaSeconds: 3,
  });
});

it('measures the pace where the API knows none, again for each phase', () => {
  let at = 0;
  const stepOf = stepMeter(() => at);
  expect(stepOf(status('listing', { processed: 0 }))).toMatchObject({ perSecond: null, etaSeconds: null });
  at = 2000;
  expect(stepOf(status('migrating', { processed: 60 }))).toMatchObject({ perSecond: 30, etaSeconds: 2 });
  at = 3000;
  expect(stepOf(status('verifying', { processed: 20 }))).toMatchObject({
    label: 'Verifying',
    perSecond: null,
  });
  at = 4000;
  expect(stepOf(status('verifying', { processed: 70 }))).toMatchObject({ perSecond: 50, etaSeconds: 1 });
});

it('shows no pace once nothing moves', () => {
  let at = 0;
  const stepOf = stepMeter(() => at);
  stepOf(status('migrating', { processed: 40, entriesPerSecond: 20, etaSeconds: 3 }));
  at = 9_000;
  expect(stepOf(status('migrating', { processed: 60 }))).toMatchObject({ perSecond: null, etaSeconds: null });
  const reason = 'no worker is running';
  const begun = stepMeter(() => (at += 1_000));
  begun(status('migrating', { processed: 40 }));
  expect(begun(status('migrating', { processed: 60, reason }))).toMatchObject({
    perSecond: null,
    etaSeconds: null,
    problem: reason,
  });
});

it('counts what failed so far, and the items of a rollback', () => {
  const stepOf = stepMeter(() => 0);
  const users = { listed: 3, completed: 1, failed: 1 };
  expect(stepOf(status('migrating', {}))?.failed).toBeUndefined();
  expect(stepOf(status('migrating', { users, outcomes: { failed: 1_200, unread: 34 } }))?.failed).toBe(
    '1,234 failed',
  );
  expect(stepOf(status('migrating', { users }))?.failed).toBe('1 task failed');
  expect(stepOf(status('paused', {}))?.counted).toBe('entries');
  expect(stepOf(status('paused', {}, 'rollback-1'))?.counted).toBe('items');
});

it('has nothing to show while nothing runs', () => {
  expect(stepMeter(() => 0)({ state: 'idle', operationId: null, progress: null })).toBeUndefined();
});

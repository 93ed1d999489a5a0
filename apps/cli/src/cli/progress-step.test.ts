import type { CurrentStatus, Progress, StatusState } from '@migrator/engine';
import { expect, it } from 'vitest';

import { stepMeter } from './progress-step.ts';

function status(state: StatusState, progress: Partial<Progress>): Pick<CurrentStatus, 'state' | 'progress'> {
  return {
    state,
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

it('has nothing to show while nothing runs', () => {
  expect(stepMeter(() => 0)({ state: 'idle', progress: null })).toBeUndefined();
});

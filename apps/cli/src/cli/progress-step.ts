import { entryOutcomeNames, entryOutcomes } from '@migrator/core';
import type { CurrentStatus, Progress, StatusState } from '@migrator/engine';

import { amount } from '../amount.ts';

export interface Step {
  readonly label: string;
  readonly counted: 'entries' | 'items' | 'users';
  readonly processed: number;
  readonly total: number | null;
  readonly perSecond: number | null;
  readonly etaSeconds: number | null;
  /** Why there is no progress at the moment; null: there is. */
  readonly problem: string | null;
  /** What failed so far; absent: nothing. */
  readonly failed?: string | undefined;
}

const labels: Readonly<Record<StatusState, string>> = {
  idle: 'Migrating',
  listing: 'Migrating',
  migrating: 'Migrating',
  verifying: 'Verifying',
  'rolling-back': 'Rolling back',
  pausing: 'Pausing',
  paused: 'Paused',
  cancelling: 'Cancelling',
};

type Shown = Pick<CurrentStatus, 'state' | 'progress'> & Partial<Pick<CurrentStatus, 'operationId'>>;

/**
 * Turns statuses of the API into steps. Until the API knows a phase's rate it is measured here; after that a rate of 0
 * means that nothing moves. `now`: milliseconds.
 */
export function stepMeter(now: () => number): (status: Shown) => Step | undefined {
  let label = '';
  let isRateKnown = false;
  let since = { at: 0, processed: 0 };
  return ({ state, progress, operationId }) => {
    if (progress === null) return undefined;
    const { processed, total } = progress;
    if (labels[state] !== label || processed < since.processed) {
      label = labels[state];
      since = { at: now(), processed };
      isRateKnown = false;
    }
    isRateKnown ||= progress.entriesPerSecond > 0 || progress.reason !== null;
    const perSecond = isRateKnown ? progress.entriesPerSecond || null : paceSince(since, now(), processed);
    const left =
      total === null || perSecond === null ? null : Math.ceil(Math.max(0, total - processed) / perSecond);
    return {
      label,
      counted: operationId?.startsWith('rollback-') === true ? 'items' : 'entries',
      processed,
      total,
      perSecond,
      etaSeconds: progress.etaSeconds ?? left,
      problem: progress.reason,
      failed: failedSoFar(progress),
    };
  };
}

function paceSince(since: { at: number; processed: number }, at: number, processed: number): number | null {
  if (processed === since.processed || at === since.at) return null;
  return ((processed - since.processed) * 1000) / (at - since.at);
}

/** `3 failed`, or `1 task failed` if no entry did; undefined if nothing has failed. */
export function failedSoFar({ outcomes, users }: Pick<Progress, 'outcomes' | 'users'>): string | undefined {
  const entries = entryOutcomeNames
    .filter((name) => entryOutcomes[name] === 'failure')
    .reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
  if (entries > 0) return `${amount(entries)} failed`;
  return users.failed > 0
    ? `${amount(users.failed)} ${users.failed === 1 ? 'task' : 'tasks'} failed`
    : undefined;
}

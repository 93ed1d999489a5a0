import type { CurrentStatus, StatusState } from '@migrator/engine';

export interface Step {
  readonly label: string;
  readonly counted: 'entries' | 'users';
  readonly processed: number;
  readonly total: number | null;
  readonly perSecond: number | null;
  readonly etaSeconds: number | null;
  /** Why there is no progress at the moment; null: there is. */
  readonly problem: string | null;
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

/**
 * Turns statuses of the API into steps. If a status has no rate, as at a run's start, it is measured here. `now`:
 * milliseconds.
 */
export function stepMeter(
  now: () => number,
): (status: Pick<CurrentStatus, 'state' | 'progress'>) => Step | undefined {
  let label = '';
  let since = { at: 0, processed: 0 };
  return ({ state, progress }) => {
    if (progress === null) return undefined;
    const { processed, total } = progress;
    if (labels[state] !== label || processed < since.processed) {
      label = labels[state];
      since = { at: now(), processed };
    }
    const perSecond = progress.entriesPerSecond || paceSince(since, now(), processed);
    const left =
      total === null || perSecond === null ? null : Math.ceil(Math.max(0, total - processed) / perSecond);
    return {
      label,
      counted: 'entries',
      processed,
      total,
      perSecond,
      etaSeconds: progress.etaSeconds ?? left,
      problem: progress.reason,
    };
  };
}

function paceSince(since: { at: number; processed: number }, at: number, processed: number): number | null {
  if (processed === since.processed || at === since.at) return null;
  return ((processed - since.processed) * 1000) / (at - since.at);
}

import { MigrationError, type MigrationRequest, type Operation } from '@migrator/core';

export type NextStep =
  /** Return its result. */
  | { readonly action: 'result'; readonly run: Operation }
  /** Retry its failed users. */
  | { readonly action: 'retry'; readonly run: Operation }
  | { readonly action: 'start' };

/**
 * What a call has to do after the last run. `before`: the last run when the call began. A run that has ended since was
 * concurrent, so its result is this call's too. `isInvalid`: the last run's verification found issues.
 */
export function nextStep(
  last: Operation | undefined,
  before: Operation | undefined,
  wanted: { readonly again: boolean; readonly request: MigrationRequest },
  isInvalid: boolean,
): NextStep {
  if (last === undefined) return { action: 'start' };
  const endedMeanwhile = last.id !== before?.id || last.finishedAt !== before.finishedAt;
  if (endedMeanwhile) return { action: 'result', run: last };
  if (wanted.again || wanted.request.dryRun) return { action: 'start' };
  if (last.coordinatorState.rolledBackBy !== undefined) {
    throw new MigrationError(
      'ROLLED_BACK',
      `${last.id} was rolled back by ${last.coordinatorState.rolledBackBy}, and no other run was started since: ` +
        'call executeMigration({ again: true }) once to migrate again',
    );
  }
  switch (last.state) {
    case 'completed':
      return isInvalid ? { action: 'start' } : { action: 'result', run: last };
    case 'completed-with-failures':
      return { action: 'retry', run: last };
    default:
      // Failed or cancelled: a new run skips existing items.
      return { action: 'start' };
  }
}

import { MigrationError, type MigrationRequest, type Operation } from '@migrator/core';

export type NextStep =
  /** Its result is the answer. */
  | { readonly take: 'result'; readonly of: Operation }
  /** Its failed users are gone through again. */
  | { readonly take: 'retry'; readonly of: Operation }
  | { readonly take: 'start' };

/**
 * What a call does about the last run. `before` is what was the last run when the call began: one that has ended since
 * was going on beside it, so that its result is this call's too. `isInvalid`: the last run's own verification found
 * something.
 */
export function nextStep(
  last: Operation | undefined,
  before: Operation | undefined,
  wanted: { readonly again: boolean; readonly request: MigrationRequest },
  isInvalid: boolean,
): NextStep {
  if (last === undefined) return { take: 'start' };
  const endedMeanwhile = last.id !== before?.id || last.finishedAt !== before.finishedAt;
  if (endedMeanwhile) return { take: 'result', of: last };
  if (wanted.again || wanted.request.dryRun) return { take: 'start' };
  if (last.coordinatorState.rolledBackBy !== undefined) {
    throw new MigrationError(
      'ROLLED_BACK',
      `${last.id} was rolled back by ${last.coordinatorState.rolledBackBy}, and no other run was started since: ` +
        'call executeMigration({ again: true }) once to migrate again',
    );
  }
  switch (last.state) {
    case 'completed':
      return isInvalid ? { take: 'start' } : { take: 'result', of: last };
    case 'completed-with-failures':
      return { take: 'retry', of: last };
    default:
      // Failed or cancelled on its way: a new run skips what is there.
      return { take: 'start' };
  }
}

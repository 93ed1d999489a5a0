import type { Operation } from '@migrator/core';

import type { RollbackAnswer } from '../api/answers.ts';

type RollbackReport = Pick<
  RollbackAnswer,
  'success' | 'message' | 'dryRun' | 'deleted' | 'kept' | 'keptReasons' | 'scanned' | 'bytes'
>;

/** What a rollback did, or would do. */
export function rollbackReport(operation: Operation): RollbackReport {
  const count = (name: string): number => operation.totals[name] ?? 0;
  const dryRun = operation.request.kind === 'rollback' && operation.request.dryRun;
  const keptReasons = {
    changedByApplication: count('keptChanged'),
    notMigrated: count('keptForeign'),
    otherRun: count('keptOtherRun'),
    misplaced: count('keptMisplaced'),
  };
  const kept = Object.values(keptReasons).reduce((sum, amount) => sum + amount, 0);
  const deleted = count('deleted');
  const success = operation.state === 'completed';
  return {
    success,
    message: messageOf(),
    dryRun,
    deleted,
    kept,
    keptReasons,
    scanned: count('scanned'),
    bytes: count('bytes'),
  };

  function messageOf(): string {
    const keeps = kept === 0 ? '' : `, ${kept} kept`;
    if (operation.state === 'cancelled') return `Rollback cancelled: ${deleted} items were deleted${keeps}`;
    if (operation.state === 'running') return `Rollback is running: ${deleted} items deleted so far${keeps}`;
    if (!success)
      return `Rollback incomplete: ${deleted} items deleted${keeps}; ${operation.reason ?? ''}. Run it again`;
    if (dryRun) return `Dry run: ${deleted} items would be deleted${keeps}`;
    const { markerTrouble } = operation.coordinatorState;
    const unknown = markerTrouble
      ? `. Whether the table is marked as migrated is not known (${markerTrouble}): if it is, an application that starts without ` +
        'Redis takes it for migrated, until the tags whose keys begin with journal-migration/ are removed'
      : '';
    return `Rollback completed: ${deleted} items deleted${keeps}${unknown}`;
  }
}

import { counted, type Operation } from '@migrator/core';

import type { RollbackAnswer } from '../api/answers.ts';

type RollbackReport = Pick<
  RollbackAnswer,
  'success' | 'message' | 'dryRun' | 'deleted' | 'kept' | 'keptReasons' | 'scanned' | 'bytes'
>;

/** The result of a rollback, or the prediction of a dry run. */
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
  const isOver = operation.state !== 'running';
  const success = isOver ? operation.state === 'completed' : null;
  return {
    success,
    message: messageOf(),
    dryRun,
    deleted,
    kept,
    keptReasons,
    scanned: count('scanned'),
    // A real rollback reads no sizes.
    bytes: dryRun ? count('bytes') : null,
  };

  function messageOf(): string {
    const items = counted(deleted, 'item');
    const keeps = kept === 0 ? '' : `, ${kept} kept`;
    if (operation.state === 'cancelled') return `Rollback cancelled: ${items} deleted${keeps}`;
    if (!isOver) return `Rollback is running: ${items} deleted so far${keeps}`;
    if (success === false)
      return `Rollback incomplete: ${items} deleted${keeps}; ${operation.reason ?? ''}. Run it again`;
    if (dryRun) return `Dry run: ${items} would be deleted${keeps}`;
    const { markerError } = operation.coordinatorState;
    const unknown = markerError
      ? `. Whether the table is marked as migrated is not known (${markerError}): if it is, an application that starts without ` +
        'Redis takes it for migrated, until the tags whose keys begin with journal-migration/ are removed'
      : '';
    return `Rollback completed: ${items} deleted${keeps}${unknown}`;
  }
}

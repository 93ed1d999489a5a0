/**
 * What the live progress means, for the page to show.
 *
 * @import { CurrentStatus } from '@migrator/engine'
 */

/** @typedef {'migration' | 'verification' | 'rollback'} Kind */

/**
 * @param {Pick<CurrentStatus, 'operationId' | 'progress'>} current
 * @returns {Kind}
 */
export function kindOf({ operationId, progress }) {
  if (operationId?.startsWith('rollback-')) return 'rollback';
  // A run ends with a verification, and may be paused or cancelled in it: only the counters tell.
  if (operationId?.startsWith('verification-') || 'matched' in (progress?.outcomes ?? {}))
    return 'verification';
  return 'migration';
}

/** @param {number | null} percent */
export function percentText(percent) {
  if (percent === null) return '';
  return `${percent >= 10 ? Math.floor(percent) : percent.toFixed(1)} %`;
}

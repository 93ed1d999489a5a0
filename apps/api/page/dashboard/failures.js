/** @import { MigrationReport } from '@migrator/engine' */

/** @typedef {{ path: string, code: string, message: string, attempts: number }} Failure */

/**
 * `alice` of `users/alice/trading-journal/2026-01-01`
 * @param {string} path
 */
export function userIn(path) {
  return path.split('/')[1] ?? '';
}

/**
 * `alice / 2026-01-01`, without the names of the collections
 * @param {string} path
 */
export function shortPath(path) {
  const [, user, , date] = path.split('/');
  return date === undefined ? (user ?? path) : `${user} / ${date}`;
}

export const failureColumns = ['user', 'path', 'code', 'attempts', 'message'];

/** @param {Failure} failure */
export function failureCells({ path, code, attempts, message }) {
  return [userIn(path), path, code, attempts, message];
}

/** @param {Pick<MigrationReport, 'stats'>} run */
export function hasFailures({ stats }) {
  return stats.failureCount > 0 || stats.users.failed > 0;
}

/**
 * Why a run's failed users can't be retried; empty where they can.
 * @param {Pick<MigrationReport, 'state' | 'dryRun' | 'rolledBackBy'>} run
 */
export function whyNoRetry({ state, dryRun, rolledBackBy }) {
  if (dryRun) return 'This was a dry run: there is nothing to retry.';
  if (rolledBackBy !== null) return `${rolledBackBy} has taken this run back, so it can't be retried.`;
  if (state === 'failed' || state === 'cancelled')
    return "This run did not come to its end, so it can't be retried. A new migration does what is left.";
  return '';
}

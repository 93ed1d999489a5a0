/**
 * What the live progress means, for the page to show.
 *
 * @import { CurrentStatus, Progress } from '@migrator/engine'
 */

import { issueKinds, issueWords } from './advice.js';
import { counted } from './words.js';

/** Those that make a verification invalid. */
const differences = issueKinds.filter((kind) => issueWords(kind).tone === 'bad');

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

/**
 * What went wrong in an operation that still runs; empty where nothing did. A part of it that failed counts where none
 * of its entries does.
 * @param {Kind} kind
 * @param {Pick<Progress, 'outcomes' | 'users'>} progress
 */
export function failuresSoFar(kind, { outcomes, users }) {
  const names = kind === 'verification' ? differences : ['failed', 'unread'];
  const count = names.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
  const noun = kind === 'verification' ? 'difference' : 'failure';
  if (count > 0) return `${counted(count, noun)} so far`;
  const part = kind === 'rollback' ? 'failed segment' : 'failed user';
  return users.failed > 0 ? `${counted(users.failed, part)} so far` : '';
}

/** @param {number | null} percent */
export function percentText(percent) {
  if (percent === null) return '';
  return `${percent >= 10 ? Math.floor(percent) : percent.toFixed(1)} %`;
}

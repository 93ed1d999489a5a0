/**
 * @import { Status } from '@migrator/engine'
 */

/** @typedef {'start' | 'verify' | 'rollback' | 'retry' | 'pause' | 'resume' | 'cancel' | 'limit'} Action */

/**
 * What makes sense in this state; nothing while the state is not known.
 * @param {Status | undefined} status
 * @returns {Record<Action, boolean>}
 */
export function allowedActions(status) {
  const state = status?.currentStatus.state;
  const idle = state === 'idle';
  const runs = state !== undefined && ['listing', 'migrating', 'verifying', 'rolling-back'].includes(state);
  const stands = state === 'paused' || state === 'pausing';
  return {
    start: idle,
    verify: idle,
    rollback: idle,
    retry: idle,
    pause: runs,
    resume: stands,
    cancel: runs || stands,
    limit: state !== undefined && !idle,
  };
}

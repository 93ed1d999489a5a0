import { useState } from 'preact/hooks';

import { allowedActions } from './allowed-actions.js';
import { ApiProblem, call } from './api.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Action } from './allowed-actions.js'
 */

/**
 * @typedef {object} Actions
 * @property {boolean} mayChange false with a read-only token: then no button is shown
 * @property {(action: Action) => boolean} can whether it makes sense now
 * @property {Action | undefined} busy the one that is under way
 * @property {string} problem why the last one did not work; empty: it did
 * @property {() => void} dismiss
 * @property {(action: Action, request: string, body?: unknown) => Promise<unknown>} send calls the API; undefined where it failed
 */

/**
 * What buttons do, one at a time.
 * @param {Status | undefined} status
 * @param {(status: Status) => void} take
 * @returns {Actions}
 */
export function useActions(status, take) {
  const [busy, setBusy] = useState(/** @type {Action | undefined} */ (undefined));
  const [problem, setProblem] = useState('');
  const mayChange = document.documentElement.dataset['role'] === 'full';
  const allowed = allowedActions(status);
  return {
    mayChange,
    can: (action) => mayChange && allowed[action],
    busy,
    problem,
    dismiss: () => setProblem(''),
    async send(action, request, body = {}) {
      if (busy !== undefined || !allowed[action]) return undefined;
      setBusy(action);
      setProblem('');
      try {
        const isGet = request.startsWith('GET ');
        const answer = await call(request, isGet ? { waitSeconds: 0 } : { body, waitSeconds: 0 });
        take(await call('GET /status'));
        return answer;
      } catch (error) {
        setProblem(
          error instanceof ApiProblem ? error.message : `Internal error of this page: ${String(error)}`,
        );
        return undefined;
      } finally {
        setBusy(undefined);
      }
    },
  };
}

import { allowedActions } from './allowed-actions.js';
import { ApiProblem, call } from './api.js';
import { byId, element } from './dom.js';
import { rollbackDialog } from './rollback-dialog.js';

/**
 * @import { Action } from './allowed-actions.js'
 * @import { Status } from '@migrator/engine'
 */

/** @type {Readonly<Record<Action, string>>} */
const buttons = {
  start: 'start',
  verify: 'verify',
  rollback: 'rollback',
  retry: 'retry',
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  limit: 'limit-set',
};

/**
 * The buttons.
 * @param {{ take: (status: Status) => void, follow: (operationId: string) => void }} outcomes
 * @returns {{ show: (status: Status | undefined) => void }}
 */
export function controls({ take, follow }) {
  /** @type {Status | undefined} */
  let shown;
  let busy = false;

  /**
   * One at a time; a click meanwhile does nothing, as the button that was clicked may be about to go.
   * @param {Action} action
   * @param {() => Promise<void>} work
   */
  const perform = async (action, work) => {
    if (busy || !allowedActions(shown)[action]) return;
    busy = true;
    const button = byId(buttons[action]);
    button.setAttribute('aria-busy', 'true');
    showProblem('');
    try {
      await work();
    } catch (error) {
      showProblem(
        error instanceof ApiProblem ? error.message : `Something is wrong with this page: ${String(error)}`,
      );
    } finally {
      busy = false;
      button.removeAttribute('aria-busy');
    }
  };

  /**
   * @param {'pause' | 'resume' | 'cancel'} action
   */
  const steer = (action) => perform(action, async () => take(await call(`POST /${action}`, { body: {} })));

  const refresh = async () => take(await call('GET /status'));

  onSubmit('start-form', () =>
    perform('start', async () => {
      const body = { dryRun: isOn('dry-run'), verify: isOn('verify-after'), prune: isOn('prune') };
      /** @type {{ migrationId: string }} */
      const { migrationId } = await call('POST /start', { body });
      follow(migrationId);
      await refresh();
    }),
  );

  onSubmit('verify-form', () =>
    perform('verify', async () => {
      const mode = isOn('count-only') ? 'count' : 'full';
      /** @type {{ verificationId: string }} */
      const { verificationId } = await call(`GET /verify?mode=${mode}`, { waitSeconds: 0 });
      follow(verificationId);
      await refresh();
    }),
  );

  onClick('retry', () =>
    perform('retry', async () => {
      const migrationId = shown?.lastMigration?.migrationId;
      if (migrationId === undefined) return;
      await call(`POST /migrations/${migrationId}/retry`, { body: {} });
      follow(migrationId);
      await refresh();
    }),
  );

  onClick('pause', () => steer('pause'));
  onClick('resume', () => steer('resume'));

  const cancelDialog = byId('cancel-dialog', HTMLDialogElement);
  onClick('cancel', () => {
    cancelDialog.returnValue = 'no';
    cancelDialog.showModal();
  });
  cancelDialog.addEventListener('close', () => {
    if (cancelDialog.returnValue === 'yes') void steer('cancel');
  });

  const openRollback = rollbackDialog(follow);
  onClick('rollback', () => openRollback(shown?.lastMigration?.migrationId));

  const limit = byId('limit', HTMLInputElement);
  onSubmit('limit-form', () =>
    perform('limit', async () => {
      const body = { maxWriteUnitsPerSecond: limit.value === '' ? null : limit.valueAsNumber };
      take(await call('PUT /pace', { body }));
      delete limit.dataset['edited'];
    }),
  );
  limit.addEventListener('input', () => (limit.dataset['edited'] = ''));

  return {
    show(status) {
      shown = status;
      const allowed = allowedActions(status);
      for (const [action, id] of Object.entries(buttons)) {
        const button = byId(id, HTMLButtonElement);
        button.disabled = !allowed[/** @type {Action} */ (action)];
        // A button that is disabled loses the focus to nowhere.
        if (button.disabled && document.activeElement === button) byId('state').focus();
      }
      limit.disabled = !allowed.limit;
      const pace = status?.currentStatus.progress?.pace;
      if (pace !== undefined && !('edited' in limit.dataset)) {
        limit.value = pace.maxWriteUnitsPerSecond === null ? '' : String(pace.maxWriteUnitsPerSecond);
      }
    },
  };
}

/** @param {string} message empty: there is none any more */
function showProblem(message) {
  const place = byId('notice');
  if (message === '') {
    place.replaceChildren();
    return;
  }
  const close = element('button', { type: 'button', 'aria-label': 'Dismiss' }, '✕');
  close.addEventListener('click', () => place.replaceChildren());
  place.replaceChildren(
    element('p', { class: 'notice', 'data-tone': 'bad' }, element('span', {}, message), close),
  );
}

/** @param {string} id */
function isOn(id) {
  return byId(id, HTMLInputElement).checked;
}

/**
 * @param {string} id
 * @param {() => unknown} act
 */
function onClick(id, act) {
  byId(id).addEventListener('click', () => void act());
}

/**
 * @param {string} id
 * @param {() => unknown} act
 */
function onSubmit(id, act) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void act();
  });
}

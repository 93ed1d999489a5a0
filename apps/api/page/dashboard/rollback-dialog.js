import { ApiProblem, call } from './api.js';
import { byId, element } from './dom.js';
import { notice, rollbackNodes } from './report-view.js';
import { counted } from './words.js';

/**
 * @import { RollbackAnswer } from '@migrator/engine'
 */

const everyMs = 1_000;

/**
 * Deletes nothing before it has counted what would go and asked again.
 * @param {(rollbackId: string) => void} follow
 * @returns {(lastMigrationId: string | undefined) => void} opens it
 */
export function rollbackDialog(follow) {
  const dialog = byId('rollback-dialog', HTMLDialogElement);
  const body = byId('rollback-body');

  /** @param {string | undefined} lastMigrationId */
  const choose = (lastMigrationId) => {
    const all = element('input', { type: 'radio', name: 'what', value: '', checked: '' });
    const only = element('input', { type: 'radio', name: 'what', value: lastMigrationId ?? '' });
    const form = element(
      'form',
      {},
      element(
        'p',
        {},
        'Deletes items that a migration has written and that nobody has changed since. First it only counts them.',
      ),
      element('label', {}, all, ' Of all migrations'),
      ...(lastMigrationId === undefined
        ? []
        : [element('label', {}, only, ` Only of the last one (${lastMigrationId})`)]),
      element(
        'div',
        { class: 'buttons' },
        closer('Close'),
        element('button', { class: 'primary' }, 'Count what would go'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void preview(only.checked ? lastMigrationId : undefined);
    });
    body.replaceChildren(form);
  };

  /** @param {string | undefined} migrationId */
  const preview = async (migrationId) => {
    body.replaceChildren(
      element('p', { role: 'status' }, 'Counting…'),
      element('progress', { 'aria-label': 'Counting' }),
    );
    await orProblem(async () => {
      const answer = await untilOver(await begin(true, migrationId));
      const { success, deleted } = answer;
      const remove = element(
        'button',
        { type: 'button', class: 'danger' },
        `Delete ${counted(deleted, 'item')}`,
      );
      remove.addEventListener('click', () => void reallyDo(migrationId), { once: true });
      body.replaceChildren(
        ...rollbackNodes(answer),
        element(
          'div',
          { class: 'buttons' },
          closer(deleted > 0 && success ? 'Keep everything' : 'Close'),
          ...(deleted > 0 && success ? [remove] : []),
        ),
      );
    });
  };

  /** @param {string | undefined} migrationId */
  const reallyDo = (migrationId) =>
    orProblem(async () => {
      const { rollbackId } = await begin(false, migrationId);
      follow(rollbackId);
      dialog.close();
    });

  /** @param {() => Promise<void>} work */
  const orProblem = async (work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const problem = notice('bad', error.message);
      problem.setAttribute('role', 'alert');
      body.replaceChildren(problem, element('div', { class: 'buttons' }, closer('Close')));
    }
  };

  /** @param {string} says */
  const closer = (says) => {
    const button = element('button', { type: 'button' }, says);
    button.addEventListener('click', () => dialog.close());
    return button;
  };

  return (lastMigrationId) => {
    choose(lastMigrationId);
    dialog.showModal();
  };
}

/**
 * @param {boolean} dryRun
 * @param {string | undefined} migrationId
 * @returns {Promise<RollbackAnswer>}
 */
function begin(dryRun, migrationId) {
  return call('POST /rollback', {
    body: { dryRun, ...(migrationId === undefined ? {} : { migrationId }) },
    waitSeconds: 0,
  });
}

/**
 * @param {RollbackAnswer} answer
 * @returns {Promise<RollbackAnswer>}
 */
async function untilOver(answer) {
  let now = answer;
  while (now.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    now = await call(`GET /rollbacks/${answer.rollbackId}`);
  }
  return now;
}

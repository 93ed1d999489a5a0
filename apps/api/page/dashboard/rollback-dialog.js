import { useEffect, useRef, useState } from 'preact/hooks';

import { ApiProblem, call } from './api.js';
import { html } from 'htm/preact';
import { outcomeOf } from './outcome.js';
import { closeDialog, Dialog, Figures, Problem } from './parts.js';
import { rollbackRows } from './report.js';
import { counted, targetWords } from './words.js';

/**
 * @import { RollbackAnswer, Status } from '@migrator/engine'
 * @import { Actions } from './use-actions.js'
 */

/** @typedef {{ answer?: RollbackAnswer, problem?: ApiProblem }} Count */

/**
 * Deletes nothing before it has counted what would go and asked again.
 * @param {{ known: Status, actions: Actions, onClose: () => void }} props
 */
export function RollbackDialog({ known, actions, onClose }) {
  const last = known.lastMigration?.migrationId;
  const [migrationId, setMigrationId] = useState('');
  const [count, setCount] = useState(/** @type {Count | undefined} */ (undefined));
  const isOpen = useRef(true);
  useEffect(
    () => () => {
      isOpen.current = false;
    },
    [],
  );
  const only = migrationId === '' ? {} : { migrationId };
  /** @param {Event} event */
  const preview = async (event) => {
    event.preventDefault();
    setCount({});
    try {
      /** @type {RollbackAnswer} */
      let answer = await call('POST /rollback', { body: { dryRun: true, ...only }, waitSeconds: 2 });
      while (answer.state === 'running' && isOpen.current) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        answer = await call(`GET /rollbacks/${answer.rollbackId}`);
      }
      setCount({ answer });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setCount({ problem: error });
    }
  };
  /** @param {Event} event */
  const remove = (event) => {
    closeDialog(event);
    void actions.send('rollback', 'POST /rollback', { dryRun: false, ...only });
  };
  return html`<${Dialog} title="Rollback" onClose=${onClose}>
    <p>
      From DynamoDB <b>${targetWords(known.currentStatus.target)}</b>. What the application has saved since
      stays.
    </p>
    ${
      count === undefined
        ? html`<form onSubmit=${preview}>
            <label
              ><input
                type="radio"
                name="what"
                checked=${migrationId === ''}
                onChange=${() => setMigrationId('')}
              />
              Of all migrations</label
            >
            ${
              last !== undefined &&
              html`<label
                ><input
                  type="radio"
                  name="what"
                  checked=${migrationId !== ''}
                  onChange=${() => setMigrationId(last)}
                />
                Only of the last one (${last})</label
              >`
            }
            <div class="buttons">
              <button type="button" onClick=${closeDialog}>Close</button>
              <button class="primary">Count items to delete</button>
            </div>
          </form>`
        : html`<${Counted} count=${count} canRemove=${actions.can('rollback')} onRemove=${remove} />`
    }
  <//>`;
}

/** @param {{ count: Count, canRemove: boolean, onRemove: (event: Event) => void }} props */
function Counted({ count: { answer, problem }, canRemove, onRemove }) {
  if (answer === undefined && problem === undefined)
    return html`<p role="status">Counting…</p>
      <progress aria-label="Counting"></progress>`;
  const mayRemove = answer !== undefined && answer.success && answer.deleted > 0;
  return html`
    <${Problem} problem=${problem} />
    ${
      answer &&
      html`<p role="status">${outcomeOf({ kind: 'rollback', answer }).details[0]}</p>
        <${Figures} rows=${rollbackRows(answer)} />`
    }
    <div class="buttons">
      <button onClick=${closeDialog}>${mayRemove ? 'Keep everything' : 'Close'}</button>
      ${
        mayRemove &&
        html`<button class="danger" disabled=${!canRemove} onClick=${onRemove}>
          Delete ${counted(answer.deleted, 'item')}
        </button>`
      }
    </div>
  `;
}

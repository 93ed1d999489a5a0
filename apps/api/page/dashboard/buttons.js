import { useState } from 'preact/hooks';

import { hasFailures, whyNoRetry } from './failures.js';
import { html } from 'htm/preact';
import { closeDialog, Dialog } from './parts.js';
import { RollbackDialog } from './rollback-dialog.js';
import { StartDialog } from './start-dialog.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Actions } from './use-actions.js'
 */

/** @typedef {'start' | 'rollback' | 'cancel'} DialogName */

/**
 * What can be done now. A dialog stays open when something begins or ends behind it, as the count of a rollback does.
 * @param {{ known: Status, actions: Actions }} props
 */
export function Buttons({ known, actions }) {
  const [open, setOpen] = useState(/** @type {DialogName | undefined} */ (undefined));
  const close = () => setOpen(undefined);
  const Group = known.currentStatus.progress === null ? StartButtons : ControlButtons;
  return html`
    <${Group} known=${known} actions=${actions} onOpen=${setOpen} />
    ${open === 'start' && html`<${StartDialog} known=${known} actions=${actions} onClose=${close} />`}
    ${open === 'rollback' && html`<${RollbackDialog} known=${known} actions=${actions} onClose=${close} />`}
    ${open === 'cancel' && html`<${CancelDialog} actions=${actions} onClose=${close} />`}
  `;
}

/** @typedef {{ known: Status, actions: Actions, onOpen: (name: DialogName) => void }} GroupProps */

/** @param {GroupProps} props */
function StartButtons({ known, actions, onOpen }) {
  const last = known.lastMigration;
  const mayRetry = actions.can('retry') && last !== null && hasFailures(last) && whyNoRetry(last) === '';
  return html`<div class="buttons" role="group" aria-label="Start">
    <button class="primary" disabled=${!actions.can('start')} onClick=${() => onOpen('start')}>
      New migration…
    </button>
    <button
      disabled=${!actions.can('verify')}
      onClick=${() => actions.send('verify', 'GET /verify?mode=full')}
    >
      Verify
    </button>
    <button
      disabled=${!actions.can('verify')}
      onClick=${() => actions.send('verify', 'GET /verify?mode=count')}
    >
      Compare counts
    </button>
    ${mayRetry && html`<button onClick=${() => actions.send('retry', `POST /migrations/${last.migrationId}/retry`)}>Retry failed</button>`}
    <button class="danger" disabled=${!actions.can('rollback')} onClick=${() => onOpen('rollback')}>
      Rollback…
    </button>
  </div>`;
}

/** @param {GroupProps} props */
function ControlButtons({ known, actions, onOpen }) {
  const isPaused = ['paused', 'pausing'].includes(known.currentStatus.state);
  return html`<div class="buttons" role="group" aria-label="Control">
    ${
      isPaused
        ? html`<button
            key="resume"
            class="primary"
            disabled=${!actions.can('resume')}
            onClick=${() => actions.send('resume', 'POST /resume')}
          >
            Resume
          </button>`
        : html`<button
            key="pause"
            disabled=${!actions.can('pause')}
            onClick=${() => actions.send('pause', 'POST /pause')}
          >
            Pause
          </button>`
    }
    <button class="danger" disabled=${!actions.can('cancel')} onClick=${() => onOpen('cancel')}>
      Cancel…
    </button>
    <${LimitForm} known=${known} actions=${actions} />
  </div>`;
}

/** @param {{ actions: Actions, onClose: () => void }} props */
function CancelDialog({ actions, onClose }) {
  /** @param {Event} event */
  const cancel = (event) => {
    closeDialog(event);
    void actions.send('cancel', 'POST /cancel');
  };
  return html`<${Dialog} title="Cancel?" onClose=${onClose}>
    <p>A cancel is final. Written items stay. A new migration skips them.</p>
    <div class="buttons">
      <button onClick=${closeDialog}>Keep running</button>
      <button class="danger" onClick=${cancel}>Cancel operation</button>
    </div>
  <//>`;
}

/** @param {{ known: Status, actions: Actions }} props */
function LimitForm({ known, actions }) {
  const limit = known.currentStatus.maxWriteUnitsPerSecond;
  const [edited, setEdited] = useState(/** @type {string | undefined} */ (undefined));
  const value = edited ?? (limit === null ? '' : String(limit));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const body = { maxWriteUnitsPerSecond: value === '' ? null : Number(value) };
    if ((await actions.send('limit', 'PUT /pace', body)) !== undefined) setEdited(undefined);
  };
  return html`<form class="limit" onSubmit=${submit}>
    <label>
      Limit, write units a second
      <input
        type="number"
        min="1"
        max="1000000000"
        placeholder="none"
        value=${value}
        disabled=${!actions.can('limit')}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => setEdited(event.currentTarget.value)}
      />
    </label>
    <button disabled=${!actions.can('limit')}>Set</button>
  </form>`;
}

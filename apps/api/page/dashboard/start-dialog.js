import { useState } from 'preact/hooks';

import { useAnswer } from './hooks.js';
import { html } from 'htm/preact';
import { closeDialog, Dialog, Figures, Problem } from './parts.js';
import { counted, sourceWords, targetWords } from './words.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Actions } from './use-actions.js'
 */

/**
 * Names source, target and how many entries there are before anything starts.
 * @param {{ known: Status, actions: Actions, onClose: () => void }} props
 */
export function StartDialog({ known, actions, onClose }) {
  const [dryRun, setDryRun] = useState(false);
  const [prune, setPrune] = useState(false);
  const { answer, problem } = useAnswer('/source-count');
  const count = /** @type {{ entries: number } | undefined} */ (answer)?.entries;
  const { source, target } = known.currentStatus;
  const entries = count === undefined ? 'unknown number of entries' : counted(count, 'entry');
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(event.currentTarget);
    const pruneCount = data.get('pruneCount');
    const body = {
      dryRun,
      verify: data.has('verify'),
      prune,
      ...(prune && pruneCount && { pruneCount: Number(pruneCount) }),
    };
    closeDialog(event);
    void actions.send('start', 'POST /start', body);
  };
  return html`<${Dialog} title="New migration" onClose=${onClose}>
    <form onSubmit=${submit}>
      <${Figures}
        rows=${[
          ['From Firestore', sourceWords(source)],
          ['To DynamoDB', targetWords(target)],
          ['Entries', problem ? 'not known' : count === undefined ? 'Counting…' : counted(count, 'entry')],
        ]}
      />
      <${Problem} problem=${problem} />
      <label
        ><input type="checkbox" name="dryRun" checked=${dryRun} onChange=${() => setDryRun(!dryRun)} /> Dry
        run: reports what a migration would do, writes nothing</label
      >
      <label><input type="checkbox" name="verify" checked /> Verify at the end</label>
      <label
        ><input type="checkbox" name="prune" checked=${prune} onChange=${() => setPrune(!prune)} /> Prune:
        delete items whose entry no longer exists</label
      >
      ${
        prune &&
        html`<label
          >Items to delete, as the dry run counted them
          <input type="number" name="pruneCount" min="0" placeholder="needed beyond 10 %"
        /></label>`
      }
      <div class="buttons">
        <button type="button" onClick=${closeDialog}>Close</button>
        <button
          class="primary"
          disabled=${(count === undefined && problem === undefined) || !actions.can('start')}
        >
          ${dryRun ? `Start a dry run of ${entries}` : `Migrate ${entries}`}
        </button>
      </div>
    </form>
  <//>`;
}

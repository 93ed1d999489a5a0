import { adviceFor } from './advice.js';
import { useRetry } from './failures-page.js';
import { useAnswer } from './hooks.js';
import { html } from 'htm/preact';
import { Figures, Problem } from './parts.js';
import { hrefOf } from './route.js';
import { counterRows, sentence } from './words.js';
import { userSays } from './user.js';

/**
 * @import { MigrationReport } from '@migrator/engine'
 * @import { UserState } from './user.js'
 */

/** @param {import('./app.js').PageProps} props */
export function UserPage({ known, params, actions, version }) {
  const { id } = params;
  const run = params['run'] ?? known.currentStatus.migrationId ?? known.lastMigration?.migrationId;
  const isAsked = id !== undefined && run !== undefined;
  const { answer, problem } = useAnswer(
    isAsked ? `/migrations/${run}/users/${encodeURIComponent(id)}` : undefined,
    // Asked again as the run gets on.
    `${version} ${known.currentStatus.progress?.users.completed}`,
  );
  const state = /** @type {UserState | undefined} */ (answer);
  const { title, tone } = state === undefined ? { title: '', tone: '' } : userSays(state);
  /** @param {SubmitEvent} event */
  const ask = (event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const wanted = new FormData(event.currentTarget).get('id');
    if (typeof wanted === 'string')
      location.assign(hrefOf('user', { id: wanted.trim(), run: params['run'] }));
  };
  const report = useAnswer(run && `/migrations/${run}`, version).answer;
  const retry = useRetry(run, /** @type {MigrationReport | undefined} */ (report), actions);
  return html`<section aria-labelledby="user">
    <div class="line">
      <h1 id="user">User</h1>
      <p class="quiet">${run ?? ''}</p>
    </div>
    <form class="filters" onSubmit=${ask}>
      <label
        >User id
        <input name="id" required key=${id} defaultValue=${id ?? ''} autocomplete="off" spellcheck=${false}
      /></label>
      <button class="primary">Show</button>
    </form>
    ${run === undefined && html`<p>There has been no migration yet.</p>`}
    <${Problem} problem=${problem} />
    ${
      state &&
      html`<div role="status"><h2 class="verdict" data-tone=${tone}>${title}</h2></div>
        ${state.state !== 'unknown' && html`<${Figures} rows=${counterRows('migration', state.counts)} />`}
        ${
          state.failures.length > 0 &&
          html`<ul class="issues">
            ${state.failures.map(
              ({ path, code, message }) =>
                html`<li key=${path}>
                  <p class="line"><code>${path}</code> <span class="badge" data-tone="bad">${code}</span></p>
                  <p>${sentence(message)}</p>
                  <p class="advice"><b>What to do:</b> ${adviceFor(code)}</p>
                </li>`,
            )}
          </ul>`
        }
        ${
          state.state === 'failed' &&
          (retry.isOffered
            ? html`<div class="buttons">
                <button
                  class="primary"
                  disabled=${!retry.may}
                  onClick=${() => retry.send({ userId: state.userId })}
                >
                  Retry ${state.userId}
                </button>
              </div>`
            : html`<p class="quiet">${retry.why}</p>`)
        }`
    }
  </section>`;
}

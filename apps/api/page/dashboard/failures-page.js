import { html } from 'htm/preact';

import { adviceFor } from './advice.js';
import { failuresCsv, filterFailures, shortPath, userIn } from './failures.js';
import { useAllPages } from './hooks.js';
import { closeDialog, Dialog, Problem, VirtualList } from './parts.js';
import { hrefOf } from './route.js';
import { amount, counted, sentence } from './words.js';

/**
 * @import { Actions } from './use-actions.js'
 * @import { Failure } from './failures.js'
 */

/** @typedef {{ failures: Failure[], counts: Record<string, number>, nextCursor: string | null }} Page */

const rowHeight = 76;

/** @param {import('./app.js').PageProps} props */
export function FailuresPage({ known, params, actions, version }) {
  const run = params['run'] ?? known.currentStatus.migrationId ?? known.lastMigration?.migrationId;
  const { first, items, done, problem } = useAllPages(
    run && `/migrations/${run}/failures`,
    (/** @type {Page} */ page) => page.failures,
    version,
  );
  const code = params['code'] ?? '';
  const user = params['user'] ?? '';
  const shown = filterFailures(items, { code, user });
  const opened = items.find(({ path }) => path === params['entry']);
  const counts = Object.entries(first?.counts ?? {}).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  /** @param {Record<string, string>} change */
  const hrefWith = (change) => hrefOf('failures', { run: params['run'], code, user, ...change });
  /** @param {Record<string, string>} change */
  const go = (change) => location.replace(hrefWith(change));
  const mayRetry = actions.can('retry') && run === known.lastMigration?.migrationId;
  /** @param {object} body */
  const retry = (body) => actions.send('retry', `POST /migrations/${run}/retry`, body);
  return html`<section aria-labelledby="failures">
    <div class="line">
      <h1 id="failures">Failures</h1>
      <p class="quiet">${run ?? ''}</p>
    </div>
    <${Problem} problem=${problem} />
    <p role="status">${statusText({ run, done, total, kept: items.length, shown: shown.length })}</p>
    ${
      total > 0 &&
      html`<div class="filters">
          <label
            >Code
            <select
              value=${code}
              onChange=${(/** @type {{ currentTarget: HTMLSelectElement }} */ event) => go({ code: event.currentTarget.value })}
            >
              <option value="">All codes</option>
              ${counts.map(([name, count]) => html`<option key=${name} value=${name}>${name} (${amount(count)})</option>`)}
            </select>
          </label>
          <label
            >User
            <input
              type="search"
              value=${user}
              placeholder="Part of a user id"
              onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => go({ user: event.currentTarget.value })}
            />
          </label>
        </div>
        ${code !== '' && html`<p class="advice"><b>What to do:</b> ${adviceFor(code)}</p>`}
        <div class="buttons">
          ${
            actions.mayChange &&
            html`<button disabled=${!mayRetry} onClick=${() => retry({})}>Retry all failed</button>
              ${code !== '' && html`<button disabled=${!mayRetry} onClick=${() => retry({ code })}>Retry ${code}</button>`}`
          }
          <a class="button" href="#/failures" download="failures.csv" onClick=${download(shown)}
            >Export CSV (${counted(shown.length, 'row')})</a
          >
        </div>
        <${VirtualList}
          key=${`${code} ${user}`}
          items=${shown}
          rowHeight=${rowHeight}
          label="Failed entries"
          row=${(/** @type {Failure} */ failure) => html`<${Row} failure=${failure} href=${hrefWith({ entry: failure.path })} />`}
        />`
    }
    ${opened && html`<${Details} failure=${opened} actions=${actions} mayRetry=${mayRetry} run=${run} retry=${retry} onClose=${() => go({})} />`}
  </section>`;
}

/** @param {{ run: string | undefined, done: boolean, total: number, kept: number, shown: number }} state */
function statusText({ run, done, total, kept, shown }) {
  if (run === undefined) return 'There has been no migration yet.';
  if (!done) return kept === 0 ? 'Loading…' : `${amount(kept)} of ${counted(total, 'failure')} loaded…`;
  if (total === 0) return 'No failures.';
  const all =
    shown === total ? counted(total, 'failure') : `${amount(shown)} of ${counted(total, 'failure')}`;
  return kept < total ? `${all}. The first ${amount(kept)} are kept, all are counted.` : `${all}.`;
}

/** @param {{ failure: Failure, href: string }} props */
function Row({ failure: { path, code, message }, href }) {
  return html`<a class="row" href=${href} title=${path}>
    <span class="line"
      ><code class="cut">${shortPath(path)}</code> <span class="badge" data-tone="bad">${code}</span></span
    >
    <span class="cut">${message}</span>
  </a>`;
}

/**
 * @param {{ failure: Failure, actions: Actions, mayRetry: boolean, run: string | undefined,
 *   retry: (body: object) => Promise<unknown>, onClose: () => void }} props
 */
function Details({ failure, actions, mayRetry, run, retry, onClose }) {
  const { path, code, message, attempts } = failure;
  const userId = userIn(path);
  /** @param {Event} event */
  const retryUser = (event) => {
    closeDialog(event);
    void retry({ userId });
  };
  return html`<${Dialog} title=${code} onClose=${onClose}>
    <p><code>${path}</code></p>
    <p>${sentence(message)}</p>
    <p class="advice"><b>What to do:</b> ${adviceFor(code)}</p>
    <p class="quiet">${counted(attempts, 'attempt')}</p>
    <div class="buttons">
      <a class="button" href=${hrefOf('user', { id: userId, run })}>User ${userId}</a>
      <button onClick=${closeDialog}>Close</button>
      ${actions.mayChange && html`<button class="primary" disabled=${!mayRetry} onClick=${retryUser}>Retry ${userId}</button>`}
    </div>
  <//>`;
}

/**
 * The link is filled when it is followed: a long list would be written again at each change.
 * @param {readonly Failure[]} failures
 */
function download(failures) {
  /** @param {{ currentTarget: HTMLAnchorElement }} event */
  return ({ currentTarget }) => {
    const url = URL.createObjectURL(new Blob([failuresCsv(failures)], { type: 'text/csv' }));
    currentTarget.href = url;
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
}

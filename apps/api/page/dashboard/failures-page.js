import { html } from 'htm/preact';

import { adviceFor } from './advice.js';
import { ExportCsv } from './export-csv.js';
import { failureCells, failureColumns, shortPath, userIn, whyNoRetry } from './failures.js';
import { useAnswer, usePages, withQuery } from './hooks.js';
import { keptWords } from './lists.js';
import { closeDialog, Dialog, Problem, UserSearch, VirtualList } from './parts.js';
import { hrefOf } from './route.js';
import { amount, counted, sentence } from './words.js';

/**
 * @import { MigrationReport } from '@migrator/engine'
 * @import { Failure } from './failures.js'
 * @import { UserState } from './user.js'
 */

/** @typedef {{ failures: Failure[], counts: Record<string, number>, nextCursor: string | null }} Page */

const rowHeight = 76;

/** @param {Page} page */
const failuresOf = (page) => page.failures;

/** @param {import('./app.js').PageProps} props */
export function FailuresPage({ known, params, actions, version }) {
  const run = params['run'] ?? known.currentStatus.migrationId ?? known.lastMigration?.migrationId;
  const code = params['code'] ?? '';
  const user = params['user'] ?? '';
  const request = run && withQuery(`/migrations/${run}/failures`, { code, user: user.trim() });
  const pages = usePages(request, failuresOf, version);
  const report = /** @type {MigrationReport | undefined} */ (
    useAnswer(run && `/migrations/${run}`, version).answer
  );
  const opened = useOpened(run, params['entry'], pages.items);
  const counts = Object.entries(pages.first?.counts ?? {}).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const ofCode = code === '' ? total : (pages.first?.counts[code] ?? 0);
  /** @param {Record<string, string>} change */
  const hrefWith = (change) => hrefOf('failures', { run: params['run'], code, user, ...change });
  /** @param {Record<string, string>} change */
  const go = (change) => location.replace(hrefWith(change));
  const retry = useRetry(run, report, actions);
  return html`<section aria-labelledby="failures">
    <div class="line">
      <h1 id="failures">Failures</h1>
      <p class="quiet">${run ?? ''}</p>
    </div>
    <${Problem} problem=${pages.problem} />
    <p role="status">
      ${run === undefined ? 'There has been no migration yet.' : statusText({ ...pages, total, ofCode, user })}
    </p>
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
          <${UserSearch} value=${user} onSearch=${(/** @type {string} */ text) => go({ user: text })} />
        </div>
        ${code !== '' && html`<p class="advice"><b>What to do:</b> ${adviceFor(code)}</p>`}
        ${retry.why !== '' && html`<p class="quiet">${retry.why}</p>`}
        <div class="buttons">
          ${
            retry.isOffered &&
            html`<button disabled=${!retry.may} onClick=${() => retry.send({})}>Retry all failed</button>
              ${code !== '' && html`<button disabled=${!retry.may} onClick=${() => retry.send({ code })}>Retry ${code}</button>`}`
          }
          <${ExportCsv}
            name="failures.csv"
            request=${request}
            itemsOf=${failuresOf}
            head=${failureColumns}
            row=${failureCells}
          />
        </div>
        <${VirtualList}
          key=${`${code} ${user}`}
          pages=${pages}
          rowHeight=${rowHeight}
          label="Failed entries"
          row=${(/** @type {Failure} */ failure) => html`<${Row} failure=${failure} href=${hrefWith({ entry: failure.path })} />`}
        />`
    }
    ${opened && html`<${Details} failure=${opened} run=${run} retry=${retry} onClose=${() => go({})} />`}
  </section>`;
}

/**
 * @typedef {object} Retry
 * @property {boolean} isOffered
 * @property {boolean} may while nothing runs
 * @property {string} why it is not offered
 * @property {(body: object) => Promise<unknown>} send
 */

/**
 * @param {string | undefined} run
 * @param {MigrationReport | undefined} report
 * @param {import('./use-actions.js').Actions} actions
 * @returns {Retry}
 */
export function useRetry(run, report, actions) {
  const why = report === undefined ? '' : whyNoRetry(report);
  return {
    isOffered: actions.mayChange && why === '',
    may: report !== undefined && actions.can('retry'),
    why,
    send: (body) => actions.send('retry', `POST /migrations/${run}/retry`, body),
  };
}

/**
 * The failure that the address names, also where its page has not been read.
 * @param {string | undefined} run
 * @param {string | undefined} path
 * @param {readonly Failure[]} items
 */
function useOpened(run, path, items) {
  const found = items.find((failure) => failure.path === path);
  const isAsked = run !== undefined && path !== undefined && found === undefined;
  const { answer } = useAnswer(
    isAsked ? `/migrations/${run}/users/${encodeURIComponent(userIn(path))}` : undefined,
  );
  const state = /** @type {UserState | undefined} */ (answer);
  return found ?? state?.failures.find((failure) => failure.path === path);
}

/**
 * @param {{ first: unknown, items: readonly unknown[], done: boolean, total: number, ofCode: number, user: string }} state
 */
function statusText({ first, items, done, total, ofCode, user }) {
  if (first === undefined) return 'Loading…';
  if (total === 0) return 'No failures.';
  if (user.trim() !== '')
    return `${done ? '' : 'More than '}${amount(items.length)} of ${counted(total, 'failure')}.`;
  const label =
    ofCode === total ? counted(total, 'failure') : `${amount(ofCode)} of ${counted(total, 'failure')}`;
  return `${label}.${keptWords({ done, listed: items.length, count: ofCode })}`;
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

/** @param {{ failure: Failure, run: string | undefined, retry: Retry, onClose: () => void }} props */
function Details({ failure, run, retry, onClose }) {
  const { path, code, message, attempts } = failure;
  const userId = userIn(path);
  /** @param {Event} event */
  const retryUser = (event) => {
    closeDialog(event);
    void retry.send({ userId });
  };
  return html`<${Dialog} title=${code} onClose=${onClose}>
    <p><code>${path}</code></p>
    <p>${sentence(message)}</p>
    <p class="advice"><b>What to do:</b> ${adviceFor(code)}</p>
    <p class="quiet">${counted(attempts, 'attempt')}</p>
    <div class="buttons">
      <a class="button" href=${hrefOf('user', { id: userId, run })}>User ${userId}</a>
      <button onClick=${closeDialog}>Close</button>
      ${retry.isOffered && html`<button class="primary" disabled=${!retry.may} onClick=${retryUser}>Retry ${userId}</button>`}
    </div>
  <//>`;
}

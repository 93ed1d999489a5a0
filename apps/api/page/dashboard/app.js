import { useEffect, useRef } from 'preact/hooks';

import { EntriesPage } from './entries-page.js';
import { FailuresPage } from './failures-page.js';
import { useLastResult, useLiveStatus, useRoute } from './hooks.js';
import { html } from 'htm/preact';
import { NowPage } from './now-page.js';
import { Notice } from './parts.js';
import { hrefOf, pages } from './route.js';
import { RunsPage } from './runs-page.js';
import { useActions } from './use-actions.js';
import { UserPage } from './user-page.js';
import { VerificationPage } from './verification-page.js';
import { sentence, sourceWords, targetWords } from './words.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Connection } from './live-status.js'
 * @import { PageName } from './route.js'
 */

/**
 * What every page gets. `known`: how things were when they were known last; `version` changes when an operation begins or ends.
 * @typedef {object} PageProps
 * @property {Status | undefined} status
 * @property {Status} known
 * @property {import('./outcome.js').Result | undefined} last
 * @property {Readonly<Record<string, string>>} params
 * @property {import('./use-actions.js').Actions} actions
 * @property {string} version
 */

const views = {
  now: NowPage,
  failures: FailuresPage,
  entries: EntriesPage,
  verification: VerificationPage,
  runs: RunsPage,
  user: UserPage,
};

export function App() {
  const { page, params } = useRoute();
  const { status, known, connection, take } = useLiveStatus();
  const last = useLastResult(known);
  const actions = useActions(status, take);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(page);
  useEffect(() => {
    if (before.current !== page) main.current?.focus();
    before.current = page;
    if (page !== 'now')
      document.title = `${page === undefined ? 'No such page' : pages[page]} · Journal migration`;
  }, [page]);
  const version = `${known?.currentStatus.operationId} ${known?.lastOutcome?.id} ${known?.lastOutcome?.finishedAt}`;
  const View = page && views[page];
  return html`
    <${Header} page=${page} known=${known} connection=${connection} />
    <main ref=${main} tabindex="-1">
      ${
        actions.problem !== '' &&
        html`<${Notice} tone="bad" role="alert">
          <span>${sentence(actions.problem)}</span>
          <button type="button" aria-label="Dismiss" onClick=${actions.dismiss}>✕</button>
        <//>`
      }
      ${
        View === undefined
          ? html`<section>
              <h1>There is no such page</h1>
              <p><a href=${hrefOf('now')}>Go to the dashboard</a></p>
            </section>`
          : known === undefined
            ? html`<section>
                <h1>${pages[page ?? 'now']}</h1>
                <p class="quiet">
                  ${connection.state === 'lost' ? sentence(connection.message) : 'Loading…'}
                </p>
              </section>`
            : html`<${View} ...${{ status, known, last, params, actions, version }} />`
      }
    </main>
  `;
}

/** @param {{ page: PageName | undefined, known: Status | undefined, connection: Connection }} props */
function Header({ page, known, connection }) {
  const isLive = connection.state === 'live';
  const label = isLive
    ? 'Live'
    : connection.state === 'opening'
      ? 'Connecting…'
      : `Reconnecting… ${connection.message}`;
  return html`<header>
    <div class="line">
      <p class="name">Journal migration</p>
      <p
        class="badge"
        role="status"
        data-tone=${isLive ? 'good' : connection.state === 'lost' ? 'bad' : 'wait'}
      >
        ${label}
      </p>
    </div>
    ${
      known &&
      html`<p class="binding">
        <span>Firestore <b>${sourceWords(known.currentStatus.source)}</b></span
        >${' '}
        <span>→ DynamoDB <b>${targetWords(known.currentStatus.target)}</b></span>
      </p>`
    }
    <nav aria-label="Pages">
      ${Object.entries(pages).map(
        ([name, title]) =>
          html`<a
            key=${name}
            href=${hrefOf(/** @type {PageName} */ (name))}
            aria-current=${name === page ? 'page' : undefined}
            >${title}</a
          >`,
      )}
      <a class="out" href="admin/queues">Jobs</a>
      <a href="docs">API</a>
      <span ref=${takeSignOut}></span>
    </nav>
  </header>`;
}

/**
 * The form is in the page itself, where it works without this application.
 * @param {HTMLElement | null} place
 */
function takeSignOut(place) {
  const form = document.getElementById('sign-out');
  if (form !== null) place?.append(form);
}

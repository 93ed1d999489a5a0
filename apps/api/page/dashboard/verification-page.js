import { issueKinds, issueWords } from './advice.js';
import { ExportCsv } from './export-csv.js';
import { userIn } from './failures.js';
import { useAnswer, usePages, withQuery } from './hooks.js';
import { html } from 'htm/preact';
import { outcomeOf } from './outcome.js';
import { Notice, Problem, UserSearch } from './parts.js';
import { hrefOf } from './route.js';
import { amount, counted } from './words.js';

/** @import { Status, VerificationAnswer, VerificationsPage } from '@migrator/engine' */

/** @typedef {VerificationAnswer['issues'][number]} Issue */

/** @param {import('./app.js').PageProps} props */
export function VerificationPage({ known, last, params, actions, version }) {
  const newest = useNewest(known, last, version);
  const id = params['id'] ?? newest;
  const kind = params['kind'] ?? '';
  const user = params['user'] ?? '';
  const request = id && withQuery(`/verifications/${id}`, { code: kind, user: user.trim() });
  const { first, items, done, problem, more } = usePages(request, issuesOf, version);
  const counts = Object.entries(first?.issueCounts ?? {}).filter(([, count]) => count > 0);
  const outcome = first && outcomeOf({ kind: 'verification', answer: first });
  return html`<section aria-labelledby="verification">
      <div class="line">
        <h1 id="verification">Verification</h1>
        <p class="quiet">${id ?? ''}</p>
      </div>
      <${Problem} problem=${problem} />
      ${id === undefined && html`<p>There has been no verification yet.</p>`}
      ${
        outcome &&
        html`<${Notice} tone=${outcome.tone}>
          <div><b>${outcome.title}</b>${outcome.details.map((text) => html`<p key=${text}>${text}</p>`)}</div>
        <//>`
      }
      ${
        actions.mayChange &&
        html`<div class="buttons">
          <button
            disabled=${!actions.can('verify')}
            onClick=${() => actions.send('verify', 'GET /verify?mode=full')}
          >
            Verify again
          </button>
        </div>`
      }
    </section>
    ${
      counts.length > 0 &&
      html`<section aria-labelledby="kinds">
        <h2 id="kinds">What was found</h2>
        <ul class="kinds">
          ${counts.map(([name, count]) => {
            const { label, means, todo, tone } = issueWords(name);
            return html`<li key=${name}>
              <p>
                <span class="badge" data-tone=${tone}>${amount(count)}</span> <b>${label}</b>${' '}
                <a href=${hrefOf('verification', { id, kind: kind === name ? '' : name })}
                  >${kind === name ? 'Show all' : 'Show only these'}</a
                >
              </p>
              <p>${means} <b>What to do:</b> ${todo}</p>
            </li>`;
          })}
        </ul>
      </section>`
    }
    ${
      counts.length > 0 &&
      html`<section aria-labelledby="differences">
        <h2 id="differences">Differences${issueKinds.includes(kind) && `: ${issueWords(kind).label}`}</h2>
        <div class="filters">
          <${UserSearch}
            value=${user}
            onSearch=${(/** @type {string} */ text) => location.replace(hrefOf('verification', { id, kind, user: text }))}
          />
          <${ExportCsv}
            name="differences.csv"
            request=${request}
            itemsOf=${issuesOf}
            head=${['user', 'path', 'key', 'kind', 'differences']}
            row=${issueCells}
          />
        </div>
        <p class="quiet" role="status">
          ${done ? counted(items.length, 'difference') : `The first ${counted(items.length, 'difference')}`}
        </p>
        <ul class="issues">
          ${items.map((issue, at) => html`<${IssueItem} key=${at} issue=${issue} />`)}
        </ul>
        ${!done && html`<button onClick=${more}>Show more</button>`}
      </section>`
    }`;
}

/** @param {VerificationAnswer} page */
const issuesOf = (page) => page.issues;

/** @param {Issue} issue */
function issueCells({ kind, path = '', dateKey = '', message = '', fields }) {
  const differences = fields.map(
    ({ at, expected = 'none', actual = 'none' }) => `${at}: expected ${expected}, actual ${actual}`,
  );
  return [
    userIn(path),
    path,
    dateKey,
    kind,
    [message, ...differences].filter((text) => text !== '').join('; '),
  ];
}

/** @param {{ issue: Issue }} props */
function IssueItem({ issue: { kind, path, dateKey, message, fields } }) {
  const { label, tone } = issueWords(kind);
  return html`<li>
    <p class="line"><code>${path ?? dateKey}</code> <span class="badge" data-tone=${tone}>${label}</span></p>
    ${message && html`<p>${message}</p>`}
    ${
      fields.length > 0 &&
      html`<table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Expected (Firestore)</th>
            <th scope="col">Actual (DynamoDB)</th>
          </tr>
        </thead>
        <tbody>
          ${fields.map(
            ({ at, expected, actual }) =>
              html`<tr key=${at}>
                <th scope="row"><code>${at}</code></th>
                <td><${Value} text=${expected} /></td>
                <td><${Value} text=${actual} /></td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }
  </li>`;
}

/** @param {{ text: string | undefined }} props */
function Value({ text }) {
  return text === undefined ? html`<i class="quiet">none</i>` : html`<code>${text}</code>`;
}

/**
 * The verification to show when the address names none.
 * @param {Status} known
 * @param {import('./outcome.js').Result | undefined} last
 * @param {string} version
 */
function useNewest(known, last, version) {
  const { answer } = useAnswer('/verifications', version);
  const page = /** @type {VerificationsPage | undefined} */ (answer);
  if (last?.kind === 'verification') return last.answer.verificationId;
  return page?.verifications[0]?.verificationId ?? known.lastMigration?.verification?.verificationId;
}

import { useEffect, useRef, useState } from 'preact/hooks';

import { kindOfId, listOf, listPaths, pathOf, problemOf, useAnswer, useRetry } from './hooks.js';
import { html } from 'htm/preact';
import { idOf, mergeLists, outcomeOf } from './outcome.js';
import { Notice, Problem } from './parts.js';
import { Report } from './report.js';
import { hrefOf } from './route.js';

/**
 * @import { ApiProblem } from './api.js'
 * @import { Result } from './outcome.js'
 */

/** @typedef {{ path: (typeof listPaths)[number], results: Result[], nextCursor: string | null }} Listed */

/** @param {import('./app.js').PageProps} props */
export function RunsPage({ params, version }) {
  const { id } = params;
  return id === undefined
    ? html`<${History} version=${version} />`
    : html`<${Details} key=${id} id=${id} version=${version} />`;
}

/** @param {{ version: string }} props */
function History({ version }) {
  /** @typedef {{ lists?: readonly Listed[], problem?: ApiProblem | undefined }} State */
  const [{ lists, problem }, setState] = useState(/** @type {State} */ ({}));
  const asked = useRef(version);
  asked.current = version;
  /** @param {readonly Listed[]} before */
  const more = async (before) => {
    /** @type {ApiProblem | undefined} */
    let failed;
    const next = before.map(async (list) => {
      if (list.nextCursor === null) return list;
      try {
        const { results, nextCursor } = await listOf(list.path, list.nextCursor);
        return { ...list, results: [...list.results, ...results], nextCursor };
      } catch (error) {
        // One that can't be had leaves the others.
        failed = problemOf(error);
        return list;
      }
    });
    const now = await Promise.all(next);
    if (asked.current === version) setState({ lists: now, problem: failed });
  };
  useEffect(() => void more(listPaths.map((path) => ({ path, results: [], nextCursor: '' }))), [version]);
  useRetry(problem, () => void more(lists ?? []), [version]);
  const rows = mergeLists(
    (lists ?? []).map(({ results, nextCursor }) => ({ results, hasMore: nextCursor !== null })),
  );
  return html`<section aria-labelledby="runs">
    <h1 id="runs">Runs</h1>
    ${lists === undefined && html`<p role="status">Loading…</p>`}
    <${Problem} problem=${problem} />
    ${lists !== undefined && rows.length === 0 && problem === undefined && html`<p>Nothing has run yet.</p>`}
    <ul class="issues">
      ${rows.map((result) => {
        const { title, tone, details } = outcomeOf(result);
        const id = idOf(result);
        return html`<li key=${id}>
          <p class="line">
            <a href=${hrefOf('runs', { id })}>${title}</a>
            <span class="badge" data-tone=${tone}>${result.kind}</span>
          </p>
          <p class="quiet">${details.at(-1)}</p>
        </li>`;
      })}
    </ul>
    ${
      lists?.some(({ nextCursor }) => nextCursor !== null) &&
      html`<button onClick=${() => more(lists)}>Show older ones</button>`
    }
  </section>`;
}

/** @param {{ id: string, version: string }} props */
function Details({ id, version }) {
  const { answer, problem } = useAnswer(pathOf(id), version);
  const result = answer && { kind: kindOfId(id), answer };
  const outcome = result && outcomeOf(result);
  return html`<section aria-labelledby="run">
    <p><a href=${hrefOf('runs')}>All runs</a></p>
    <h1 id="run">${outcome?.title ?? 'Run'}</h1>
    <p class="quiet">${id}</p>
    <${Problem} problem=${problem} />
    ${
      outcome &&
      html`<${Notice} tone=${outcome.tone}
          ><div>
            ${outcome.details.map((/** @type {string} */ text) => html`<p key=${text}>${text}</p>`)}
          </div><//
        >
        <${Report} result=${result} bound=${true} />`
    }
  </section>`;
}

import { useEffect, useState } from 'preact/hooks';

import { kindOfId, listOf, listPaths, pathOf, useAnswer } from './hooks.js';
import { html } from 'htm/preact';
import { idOf, mergeLists, outcomeOf } from './outcome.js';
import { Notice, Problem } from './parts.js';
import { Report } from './report.js';
import { hrefOf } from './route.js';

/** @import { Result } from './outcome.js' */

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
  const [lists, setLists] = useState(/** @type {readonly Listed[] | undefined} */ (undefined));
  /** @param {readonly Listed[]} before */
  const more = async (before) => {
    const next = before.map(async (list) => {
      if (list.nextCursor === null) return list;
      // One that can't be had leaves the others.
      const page = await listOf(list.path, list.nextCursor).catch(() => ({ results: [], nextCursor: null }));
      return { ...list, results: [...list.results, ...page.results], nextCursor: page.nextCursor };
    });
    setLists(await Promise.all(next));
  };
  useEffect(() => void more(listPaths.map((path) => ({ path, results: [], nextCursor: '' }))), [version]);
  const rows = mergeLists(
    (lists ?? []).map(({ results, nextCursor }) => ({ results, hasMore: nextCursor !== null })),
  );
  return html`<section aria-labelledby="runs">
    <h1 id="runs">Runs</h1>
    ${lists === undefined && html`<p role="status">Loading…</p>`}
    ${lists !== undefined && rows.length === 0 && html`<p>Nothing has run yet.</p>`}
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

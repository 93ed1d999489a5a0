import { html } from 'htm/preact';

import { ExportCsv } from './export-csv.js';
import { shortPath, userIn } from './failures.js';
import { kindOfId, usePages, withQuery } from './hooks.js';
import { entryCells, entryColumns, keptWords, listsOf } from './lists.js';
import { Problem, UserSearch, VirtualList } from './parts.js';
import { hrefOf } from './route.js';
import { amount, counted } from './words.js';

/**
 * @import { RollbackAnswer } from '@migrator/engine'
 * @import { ListedEntry } from './lists.js'
 */

/** @typedef {{ entries: ListedEntry[], count: number, nextCursor: string | null } | RollbackAnswer} Page */

const rowHeight = 60;

/**
 * @param {Page} page
 * @returns {readonly ListedEntry[]}
 */
const entriesOf = (page) => ('entries' in page ? page.entries : page.items);

/**
 * Entries that a run or a rollback counts, by kind.
 * @param {import('./app.js').PageProps} props
 */
export function EntriesPage({ known, params, version }) {
  const id = params['id'] ?? known.currentStatus.migrationId ?? known.lastMigration?.migrationId;
  const isRollback = id !== undefined && kindOfId(id) === 'rollback';
  const lists = listsOf(isRollback ? 'rollback' : 'migration');
  const wanted = params['kind'] ?? '';
  const kind = Object.hasOwn(lists, wanted) ? wanted : (Object.keys(lists)[0] ?? '');
  const user = params['user'] ?? '';
  const filter = { [isRollback ? 'code' : 'kind']: kind, user: user.trim() };
  const request = id && withQuery(isRollback ? `/rollbacks/${id}` : `/migrations/${id}/entries`, filter);
  const pages = usePages(request, entriesOf, version);
  const { label, means, todo } = lists[kind] ?? { label: kind, means: '', todo: '' };
  const count = pages.first === undefined ? undefined : countOf(pages.first, kind);
  /** @param {Record<string, string>} change */
  const hrefWith = (change) => hrefOf('entries', { id: params['id'], kind, user, ...change });
  return html`<section aria-labelledby="entries">
    <div class="line">
      <h1 id="entries">Entries: ${label}</h1>
      <p class="quiet">${id ?? ''}</p>
    </div>
    <nav class="tabs" aria-label="Lists">
      ${Object.entries(lists).map(
        ([name, list]) =>
          html`<a
            key=${name}
            href=${hrefWith({ kind: name })}
            aria-current=${name === kind ? 'page' : undefined}
            >${list.label}</a
          >`,
      )}
    </nav>
    <${Problem} problem=${pages.problem} />
    <p role="status">
      ${id === undefined ? 'There has been no migration yet.' : statusText({ ...pages, count, user })}
    </p>
    ${
      count !== undefined &&
      count > 0 &&
      html`<p>${means} <b>What to do:</b> ${todo}</p>
        <div class="filters">
          <${UserSearch}
            value=${user}
            onSearch=${(/** @type {string} */ text) => location.replace(hrefWith({ user: text }))}
          />
          <${ExportCsv}
            name=${`${kind}.csv`}
            request=${request}
            itemsOf=${entriesOf}
            head=${entryColumns}
            row=${entryCells}
          />
        </div>
        <${VirtualList}
          key=${`${kind} ${user}`}
          pages=${pages}
          rowHeight=${rowHeight}
          label=${label}
          row=${(/** @type {ListedEntry} */ entry) => html`<${Row} entry=${entry} run=${isRollback ? undefined : id} />`}
        />`
    }
  </section>`;
}

/**
 * @param {Page} page
 * @param {string} kind
 */
function countOf(page, kind) {
  if ('entries' in page) return page.count;
  const { changedByApplication, notMigrated, otherRun, misplaced } = page.keptReasons;
  /** @type {Readonly<Record<string, number>>} */
  const counts = {
    keptChanged: changedByApplication,
    keptForeign: notMigrated,
    keptOtherRun: otherRun,
    keptMisplaced: misplaced,
    // What a real rollback has deleted is not listed.
    deleted: page.dryRun ? page.deleted : 0,
  };
  return counts[kind] ?? 0;
}

/** @param {{ items: readonly unknown[], done: boolean, count: number | undefined, user: string }} state */
function statusText({ items, done, count, user }) {
  if (count === undefined) return 'Loading…';
  if (count === 0) return 'None.';
  if (user.trim() !== '')
    return `${done ? '' : 'More than '}${amount(items.length)} of ${counted(count, 'entry')}.`;
  return `${counted(count, 'entry')}.${keptWords({ done, listed: items.length, count })}`;
}

/** @param {{ entry: ListedEntry, run: string | undefined }} props */
function Row({ entry: { path, dateKey, field }, run }) {
  const text = html`<code class="cut">${path === null ? dateKey : shortPath(path)}</code>
    <code class="cut quiet">${field ?? dateKey}</code>`;
  if (path === null) return html`<span class="row">${text}</span>`;
  return html`<a class="row" href=${hrefOf('user', { id: userIn(path), run })} title=${path}>${text}</a>`;
}

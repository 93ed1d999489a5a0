import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { html } from 'htm/preact';
import { sentence } from './words.js';

/** Small pieces that several pages are made of. */

/**
 * @import { ApiProblem } from './api.js'
 * @import { Pages } from './hooks.js'
 */

/** @typedef {import('preact').ComponentChildren} Children */

/** @param {{ tone: string, role?: string, children?: Children }} props */
export function Notice({ tone, role, children }) {
  return html`<div class="notice" data-tone=${tone} role=${role}>${children}</div>`;
}

/** @param {{ problem: ApiProblem | undefined }} props a problem that may pass is of something that is asked for again */
export function Problem({ problem }) {
  return (
    problem &&
    html`<${Notice} tone="bad" role="alert"
      >${sentence(problem.message)}${problem.mayPass && ' Trying again…'}<//
    >`
  );
}

/** @typedef {readonly [term: string, value: string, tone?: string, href?: string | undefined]} FigureRow */

/** @param {{ rows: readonly FigureRow[], small?: boolean }} props a value with an address is a link to what it counts */
export function Figures({ rows, small }) {
  return html`<dl class=${small ? 'figures small' : 'figures'}>
    ${rows.map(
      ([term, value, tone = '', href]) =>
        html`<div key=${term} data-tone=${tone}>
          <dt>${term}</dt>
          <dd>${href === undefined ? value : html`<a href=${href}>${value}</a>`}</dd>
        </div>`,
    )}
  </dl>`;
}

/** @param {{ value: string, onSearch: (text: string) => void }} props */
export function UserSearch({ value, onSearch }) {
  return html`<label
    >User
    <input
      type="search"
      value=${value}
      placeholder="Part of a user id"
      onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => onSearch(event.currentTarget.value)}
    />
  </label>`;
}

/**
 * Open while it is rendered. A button in it closes it with `closeDialog`.
 * @param {{ title: string, onClose: () => void, children?: Children }} props
 */
export function Dialog({ title, onClose, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isHere = useRef(true);
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => {
      isHere.current = false;
      current?.close();
    };
  }, []);
  return html`<dialog
    ref=${dialog}
    aria-labelledby="dialog-title"
    onClose=${() => isHere.current && onClose()}
  >
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}

/** @param {Event} event of something in the dialog */
export function closeDialog(event) {
  if (event.currentTarget instanceof Element) event.currentTarget.closest('dialog')?.close();
}

const overscan = 8;

/**
 * A long list of which only the visible rows are in the document. More of it is asked for when its end comes near.
 * @template T
 * @param {{ pages: Pick<Pages<unknown, T>, 'items' | 'done' | 'more'>, rowHeight: number, label: string,
 *   row: (item: T) => Children }} props
 */
export function VirtualList({ pages: { items, done, more }, rowHeight, label, row }) {
  const [{ top, height }, setView] = useState({ top: 0, height: 600 });
  /** @param {Event} event */
  const onScroll = ({ currentTarget }) => {
    if (currentTarget instanceof Element)
      setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight });
  };
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), items.length - 1) - overscan);
  const shown = items.slice(first, Math.ceil((top + height) / rowHeight) + overscan);
  useEffect(() => {
    if (first + shown.length >= items.length) more();
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label} onScroll=${onScroll}>
    <ul class="rows" style=${{ height: `${items.length * rowHeight}px` }}>
      ${shown.map(
        (item, at) =>
          html`<li
            key=${first + at}
            aria-setsize=${done ? items.length : -1}
            aria-posinset=${first + at + 1}
            style=${{ top: `${(first + at) * rowHeight}px`, height: `${rowHeight}px` }}
          >
            ${row(item)}
          </li>`,
      )}
    </ul>
  </div>`;
}

import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { html } from 'htm/preact';
import { sentence } from './words.js';

/** Small pieces that several pages are made of. */

/** @typedef {import('preact').ComponentChildren} Children */

/** @param {{ tone: string, role?: string, children?: Children }} props */
export function Notice({ tone, role, children }) {
  return html`<div class="notice" data-tone=${tone} role=${role}>${children}</div>`;
}

/** @param {{ problem: { message: string } | undefined }} props */
export function Problem({ problem }) {
  return problem && html`<${Notice} tone="bad" role="alert">${sentence(problem.message)}<//>`;
}

/** @param {{ rows: readonly (readonly [term: string, value: string, tone?: string])[], small?: boolean }} props */
export function Figures({ rows, small }) {
  return html`<dl class=${small ? 'figures small' : 'figures'}>
    ${rows.map(
      ([term, value, tone = '']) =>
        html`<div key=${term} data-tone=${tone}>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
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
 * A long list of which only the visible rows are in the document.
 * @template T
 * @param {{ items: readonly T[], rowHeight: number, label: string, row: (item: T) => Children }} props
 */
export function VirtualList({ items, rowHeight, label, row }) {
  const [{ top, height }, setView] = useState({ top: 0, height: 600 });
  /** @param {Event} event */
  const onScroll = ({ currentTarget }) => {
    if (currentTarget instanceof Element)
      setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight });
  };
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), items.length - 1) - overscan);
  const shown = items.slice(first, Math.ceil((top + height) / rowHeight) + overscan);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label} onScroll=${onScroll}>
    <ul class="rows" style=${{ height: `${items.length * rowHeight}px` }}>
      ${shown.map(
        (item, at) =>
          html`<li
            key=${first + at}
            aria-setsize=${items.length}
            aria-posinset=${first + at + 1}
            style=${{ top: `${(first + at) * rowHeight}px`, height: `${rowHeight}px` }}
          >
            ${row(item)}
          </li>`,
      )}
    </ul>
  </div>`;
}

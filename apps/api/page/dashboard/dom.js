/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found === null || (type !== undefined && !(found instanceof type))) throw new Error(`no #${id}`);
  return /** @type {T} */ (found);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Only where it differs, so that a screen reader hears changes and nothing else.
 * @param {HTMLElement} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Fills a `<dl>`; terms that stay keep their elements, so that a selection or a tooltip survives the next second.
 * @param {HTMLElement} list
 * @param {readonly (readonly [term: string, value: string, tone?: string])[]} rows
 */
export function setFigures(list, rows) {
  const known = new Map(
    Array.from(list.children, (child) => [child.firstElementChild?.textContent ?? '', child]),
  );
  const wanted = rows.map(([term, value, tone = '']) => {
    const row = known.get(term) ?? element('div', {}, element('dt', {}, term), element('dd', {}));
    row.setAttribute('data-tone', tone);
    const shown = row.lastElementChild;
    if (shown instanceof HTMLElement) setText(shown, value);
    return row;
  });
  const same = wanted.length === list.children.length && wanted.every((row, at) => list.children[at] === row);
  if (!same) list.replaceChildren(...wanted);
}

/**
 * @param {readonly (readonly [term: string, value: string, tone?: string])[]} rows
 * @param {string} [name]
 * @returns {HTMLDListElement}
 */
export function figures(rows, name = 'figures small') {
  const list = element('dl', { class: name });
  setFigures(list, rows);
  return list;
}

/**
 * @param {string} href
 * @param {string} text
 * @returns {HTMLAnchorElement}
 */
export function link(href, text) {
  return element('a', { href }, text);
}

/**
 * To what is no page to stay on, and must not close a dialog that waits for an answer.
 * @param {string} href
 * @param {string} text
 * @returns {HTMLAnchorElement}
 */
export function dataLink(href, text) {
  return element('a', { href, target: '_blank', rel: 'noopener', type: 'application/json' }, text);
}

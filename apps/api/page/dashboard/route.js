/**
 * Which page is shown: `#/failures?code=ITEM_TOO_LARGE`. Behind the #, so that no proxy, base path or reload is in the way.
 */

export const pages = /** @type {const} */ ({
  now: 'Now',
  failures: 'Failures',
  entries: 'Entries',
  verification: 'Verification',
  runs: 'Runs',
  user: 'User',
});

/** @typedef {keyof typeof pages} PageName */
/** @typedef {{ page: PageName | undefined, params: Readonly<Record<string, string>> }} Route page: undefined for an address that names none */

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const name = path === '' ? 'now' : path;
  const page = Object.hasOwn(pages, name) ? /** @type {PageName} */ (name) : undefined;
  return { page, params: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * @param {PageName} page
 * @param {Readonly<Record<string, string | undefined>>} [params] those that are undefined or empty are left out
 */
export function hrefOf(page, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  const text = query.toString();
  return `#/${page === 'now' ? '' : page}${text === '' ? '' : `?${text}`}`;
}

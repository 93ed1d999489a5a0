import { toCsv } from './csv.js';

/** @typedef {{ path: string, code: string, message: string, attempts: number }} Failure */

/**
 * `alice` of `users/alice/trading-journal/2026-01-01`
 * @param {string} path
 */
export function userIn(path) {
  return path.split('/')[1] ?? '';
}

/**
 * `alice / 2026-01-01`, without the names of the collections
 * @param {string} path
 */
export function shortPath(path) {
  const [, user, , date] = path.split('/');
  return date === undefined ? (user ?? path) : `${user} / ${date}`;
}

/**
 * @param {readonly Failure[]} failures
 * @param {{ code?: string, user?: string }} wanted `user`: a part of an id, in upper or lower case
 */
export function filterFailures(failures, { code = '', user = '' }) {
  const part = user.trim().toLowerCase();
  return failures.filter(
    (one) =>
      (code === '' || one.code === code) && (part === '' || userIn(one.path).toLowerCase().includes(part)),
  );
}

/** @param {readonly Failure[]} failures */
export function failuresCsv(failures) {
  return toCsv(
    ['user', 'path', 'code', 'attempts', 'message'],
    failures.map(({ path, code, attempts, message }) => [userIn(path), path, code, attempts, message]),
  );
}

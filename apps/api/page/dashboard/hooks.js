import { useEffect, useRef, useState } from 'preact/hooks';

import { ApiProblem, call } from './api.js';
import { liveStatus } from './live-status.js';
import { parseRoute } from './route.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Connection } from './live-status.js'
 * @import { Result } from './outcome.js'
 */

/** @returns {import('./route.js').Route} */
export function useRoute() {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

/**
 * What goes on. `status`: undefined while it is not known; `known`: how it was when it was known last.
 * @returns {{ status: Status | undefined, known: Status | undefined, connection: Connection, take: (status: Status) => void }}
 */
export function useLiveStatus() {
  const [status, setStatus] = useState(/** @type {Status | undefined} */ (undefined));
  const [connection, setConnection] = useState(/** @type {Connection} */ ({ state: 'opening' }));
  const known = useRef(/** @type {Status | undefined} */ (undefined));
  const take = useRef(/** @type {(status: Status) => void} */ (() => undefined));
  useEffect(() => {
    take.current = liveStatus({ onStatus: setStatus, onConnection: setConnection }).take;
  }, []);
  known.current = status ?? known.current;
  return { status, known: known.current, connection, take: (now) => take.current(now) };
}

const retryMs = 5_000;

/**
 * Does something again, some seconds after a problem that may pass. Each new problem object counts.
 * @param {ApiProblem | undefined} problem
 * @param {() => void} again
 * @param {readonly unknown[]} asked a change cancels it: something else is asked for
 */
export function useRetry(problem, again, asked) {
  useEffect(() => {
    if (problem?.mayPass !== true) return;
    const timer = setTimeout(again, retryMs);
    return () => clearTimeout(timer);
  }, [problem, ...asked]);
}

/**
 * What a call of the API answers; asked again when the request or the version changes, or a problem may have passed.
 * @template T
 * @param {string | undefined} request undefined: nothing is asked
 * @param {unknown} [version]
 * @returns {{ answer: T | undefined, problem: ApiProblem | undefined }}
 */
export function useAnswer(request, version) {
  const [state, setState] = useState(
    /** @type {{ request?: string, answer?: T, problem?: ApiProblem }} */ ({}),
  );
  const [retries, setRetries] = useState(0);
  useRetry(state.problem, () => setRetries(retries + 1), [request, version]);
  useEffect(() => {
    if (request === undefined) return;
    let isWanted = true;
    call(`GET ${request}`).then(
      (answer) => isWanted && setState({ request, answer: /** @type {T} */ (answer) }),
      (error) => isWanted && setState({ request, problem: problemOf(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [request, version, retries]);
  const { answer, problem } = state.request === request ? state : {};
  return { answer, problem };
}

/** A request names its list and filters; pages are asked for with a cursor. */
const typingMs = 200;

/**
 * @template P, T
 * @typedef {object} Pages
 * @property {P | undefined} first the first page as a whole
 * @property {readonly T[]} items of the pages that were read so far
 * @property {boolean} done whether that is all
 * @property {ApiProblem | undefined} problem
 * @property {() => void} more reads the next page
 */

/**
 * A list, page by page as it is asked for. While a changed request is under way the items are those of the one before.
 * @template {{ nextCursor: string | null }} P
 * @template T
 * @param {string | undefined} request undefined: nothing is asked
 * @param {(page: P) => readonly T[]} itemsOf
 * @param {unknown} [version]
 * @returns {Pages<P, T>}
 */
export function usePages(request, itemsOf, version) {
  /** @typedef {{ first: P | undefined, items: readonly T[], cursor: string | null, problem: ApiProblem | undefined }} State */
  /** @type {State} */
  const none = { first: undefined, items: [], cursor: '', problem: undefined };
  const [state, setState] = useState(none);
  const loading = useRef(/** @type {object | undefined} */ (undefined));
  /** @param {State} before */
  const load = async ({ first, items, cursor }) => {
    const own = {};
    loading.current = own;
    /** @type {State} */
    let next;
    try {
      /** @type {P} */
      const page = await call(`GET ${pageOf(request ?? '', cursor)}`);
      next = {
        first: first ?? page,
        items: [...items, ...itemsOf(page)],
        cursor: page.nextCursor,
        problem: undefined,
      };
    } catch (error) {
      next = { first, items, cursor, problem: problemOf(error) };
    }
    if (loading.current !== own) return;
    loading.current = undefined;
    setState(next);
  };
  useEffect(() => {
    if (request === undefined) return;
    // Nothing else is asked for meanwhile.
    loading.current = {};
    // The filter of a list that is shown already may be in the middle of being typed.
    const timer = setTimeout(() => void load(none), state.first === undefined ? 0 : typingMs);
    return () => {
      clearTimeout(timer);
      loading.current = {};
    };
  }, [request, version]);
  useRetry(state.problem, () => loading.current === undefined && void load(state), [request, version]);
  return {
    first: state.first,
    items: state.items,
    problem: state.problem,
    done: state.first !== undefined && state.cursor === null,
    more: () => {
      const isWaiting = loading.current !== undefined || state.problem !== undefined;
      if (state.cursor !== null && state.first !== undefined && !isWaiting) void load(state);
    },
  };
}

/**
 * All items of a list.
 * @template {{ nextCursor: string | null }} P
 * @template T
 * @param {string} request
 * @param {(page: P) => readonly T[]} itemsOf
 * @param {(count: number) => void} onProgress
 * @returns {Promise<T[]>}
 */
export async function readAllPages(request, itemsOf, onProgress) {
  /** @type {T[]} */
  const items = [];
  for (let cursor = /** @type {string | null} */ (''); cursor !== null;) {
    /** @type {P} */
    const page = await call(`GET ${pageOf(request, cursor)}`);
    items.push(...itemsOf(page));
    onProgress(items.length);
    cursor = page.nextCursor;
  }
  return items;
}

/**
 * @param {string} request
 * @param {string | null} cursor
 */
function pageOf(request, cursor) {
  if (!cursor) return request;
  return `${request}${request.includes('?') ? '&' : '?'}cursor=${cursor}`;
}

/**
 * A path with what its parameters hold; those that are undefined or empty are left out.
 * @param {string} path
 * @param {Readonly<Record<string, string | undefined>>} params
 */
export function withQuery(path, params) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/**
 * What ended last, of any kind; undefined while something runs.
 * @param {Status | undefined} status
 * @returns {Result | undefined}
 */
export function useLastResult(status) {
  const { lastOutcome, lastMigration } = status ?? {};
  const id = status?.currentStatus.operationId === null ? lastOutcome?.id : undefined;
  const version = `${lastOutcome?.finishedAt} ${lastMigration?.rolledBackBy}`;
  const { answer } = useAnswer(id && pathOf(id), version);
  return id !== undefined && answer !== undefined ? { kind: kindOfId(id), answer } : undefined;
}

export const listPaths = /** @type {const} */ (['migrations', 'verifications', 'rollbacks']);
const kinds = /** @type {const} */ ({
  migrations: 'migration',
  verifications: 'verification',
  rollbacks: 'rollback',
});

/**
 * A page of the operations of a kind, newest first.
 * @param {(typeof listPaths)[number]} path
 * @param {string} [cursor]
 * @returns {Promise<{ results: Result[], nextCursor: string | null }>}
 */
export async function listOf(path, cursor = '') {
  /** @type {{ nextCursor: string | null } & Record<string, unknown>} */
  const page = await call(`GET /${path}${cursor && `?cursor=${cursor}`}`);
  const answers = /** @type {Result['answer'][]} */ (page[path]);
  const results = answers.map((answer) => /** @type {Result} */ ({ kind: kinds[path], answer }));
  return { results, nextCursor: page.nextCursor };
}

/**
 * Where the API has an operation.
 * @param {string} id
 */
export function pathOf(id) {
  const kind = kindOfId(id);
  return `/${listPaths.find((path) => kinds[path] === kind)}/${id}`;
}

/** @param {string} operationId */
export function kindOfId(operationId) {
  if (operationId.startsWith('verification-')) return 'verification';
  return operationId.startsWith('rollback-') ? 'rollback' : 'migration';
}

/**
 * @param {unknown} error
 * @returns {ApiProblem}
 */
export function problemOf(error) {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(`Something is wrong with this page: ${String(error)}`, 'PAGE', 0);
}

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

/**
 * What a call of the API answers; asked again when the request or the version changes.
 * @template T
 * @param {string | undefined} request undefined: nothing is asked
 * @param {unknown} [version]
 * @returns {{ answer: T | undefined, problem: ApiProblem | undefined }}
 */
export function useAnswer(request, version) {
  const [state, setState] = useState(
    /** @type {{ request?: string, answer?: T, problem?: ApiProblem }} */ ({}),
  );
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
  }, [request, version]);
  const { answer, problem } = state.request === request ? state : {};
  return { answer, problem };
}

/**
 * All pages of a list, one after the other. `first` is the first page as a whole.
 * @template {{ nextCursor: string | null }} P
 * @template T
 * @param {string | undefined} request
 * @param {(page: P) => readonly T[]} itemsOf
 * @param {unknown} [version]
 * @returns {{ first: P | undefined, items: readonly T[], done: boolean, problem: ApiProblem | undefined }}
 */
export function useAllPages(request, itemsOf, version) {
  /** @typedef {{ first: P | undefined, items: readonly T[], done: boolean, problem: ApiProblem | undefined }} State */
  const [state, setState] = useState(
    /** @type {State} */ ({ first: undefined, items: [], done: false, problem: undefined }),
  );
  useEffect(() => {
    let isWanted = true;
    const load = async () => {
      /** @type {T[]} */
      const items = [];
      /** @type {P | undefined} */
      let first;
      for (let cursor = /** @type {string | null} */ (''); cursor !== null && request !== undefined;) {
        /** @type {P} */
        const page = await call(`GET ${request}${cursor && `?cursor=${cursor}`}`);
        if (!isWanted) return;
        first ??= page;
        items.push(...itemsOf(page));
        cursor = page.nextCursor;
        setState({ first, items: [...items], done: cursor === null, problem: undefined });
      }
    };
    load().catch(
      (error) => isWanted && setState((before) => ({ ...before, done: true, problem: problemOf(error) })),
    );
    return () => {
      isWanted = false;
    };
  }, [request, version]);
  return state;
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

/** @param {unknown} error */
function problemOf(error) {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(`Something is wrong with this page: ${String(error)}`, 'PAGE', 0);
}

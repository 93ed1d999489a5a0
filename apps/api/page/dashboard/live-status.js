import { ApiProblem, basePath, call } from './api.js';

/**
 * @import { CurrentStatus, Status } from '@migrator/engine'
 */

/** @typedef {{ state: 'opening' } | { state: 'live' } | { state: 'lost', message: string }} Connection */

const reopenMs = 3_000;
/** Nothing is sent while nothing runs, and nothing while the server can't reach Redis: after so long, ask. */
const silenceMs = 10_000;
const busySilenceMs = 4_000;

/**
 * Keeps what the server tells: by its events, and by asking where they stay away. `onStatus` gets undefined when the
 * server can't be asked.
 * @param {{ onStatus: (status: Status | undefined) => void, onConnection: (connection: Connection) => void }} listeners
 * @returns {{ take: (status: Status) => void }} `take` is for answers to calls, which come before the event does
 */
export function liveStatus({ onStatus, onConnection }) {
  /** @type {Status | undefined} */
  let status;
  let heardAt = performance.now();
  let asking = false;

  /** @param {Status} now */
  const take = (now) => {
    heardAt = performance.now();
    status = now;
    onConnection({ state: 'live' });
    onStatus(status);
  };

  /** @param {string} message */
  const lose = (message) => {
    status = undefined;
    onConnection({ state: 'lost', message });
    onStatus(undefined);
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    const askedAt = performance.now();
    try {
      /** @type {Status} */
      const now = await call('GET /status');
      // An event that came in the meantime is newer than this answer may be.
      if (heardAt <= askedAt) take(now);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      lose(error.message);
    } finally {
      asking = false;
    }
  };

  const open = () => {
    const source = new EventSource(`${basePath}/events`);
    source.addEventListener('state', ({ data }) => take(JSON.parse(data)));
    source.addEventListener('progress', ({ data }) => {
      /** @type {CurrentStatus} */
      const currentStatus = JSON.parse(data);
      take({ lastMigration: null, lastOutcome: null, ...status, currentStatus });
    });
    source.addEventListener('error', () => {
      lose("The server can't be reached.");
      void ask();
      // The browser comes back by itself, except after an answer that was none, as 401 or 503 are.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, reopenMs);
    });
  };

  setInterval(() => {
    const limit = status?.currentStatus.state === 'idle' ? silenceMs : busySilenceMs;
    if (performance.now() - heardAt > limit) void ask();
  }, 1_000);
  open();
  return { take };
}

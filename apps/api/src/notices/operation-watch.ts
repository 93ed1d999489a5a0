import { type Operation, withoutDigest } from '@migrator/core';

import type { ApiContext } from '../api-context.ts';
import { NoticeOutbox } from './notice-outbox.ts';
import { endNotice, endNoticeId, pauseNotice } from './notice.ts';
import type { Receiver } from './post-notice.ts';

const everyMs = 1_000;
/**
 * How many of the newest operations of each kind are checked, because several may begin and end between two checks.
 */
const newestOfKind = 20;
const listEvery = 5;

/**
 * Logs the start and end of each operation, and posts its end and each pause by an error to NOTIFY_URL, however many
 * API processes there are. Ends while no API ran are posted when one runs again.
 */
export function watchOperations(
  context: ApiContext,
  notify: Receiver | undefined,
): { stop(): Promise<void> } {
  const watch = new OperationWatch(context, notify);
  let polling: Promise<void> | undefined;
  const timer = setInterval(() => {
    polling ??= watch
      .poll()
      // Usually a short outage of Redis; the next check repeats it.
      .catch((err: unknown) => context.telemetry.log?.debug({ err }, 'operation watch failed'))
      .finally(() => {
        polling = undefined;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await polling;
      await watch.posted();
    },
  };
}

class OperationWatch {
  readonly #context: ApiContext;
  readonly #outbox: NoticeOutbox | undefined;
  readonly #since: Date;
  /** The ends that this process knows; undefined before its first check. */
  #knownEnds: ReadonlySet<string> | undefined;
  #running: string | undefined;
  #polls = 0;

  constructor(context: ApiContext, notify: Receiver | undefined) {
    this.#context = context;
    this.#since = context.now();
    this.#outbox = notify && new NoticeOutbox(context, notify);
  }

  async poll(): Promise<void> {
    const { ledger } = this.#context;
    await this.#outbox?.renewClaims();
    const operation = await ledger.current();
    if (operation?.id !== this.#running || this.#polls % listEvery === 0) await this.#reportEnded();
    this.#polls += 1;
    if (operation !== undefined && operation.id !== this.#running) this.#logStart(operation);
    this.#running = operation?.id;
    const paused = operation === undefined ? undefined : pauseNotice(operation);
    if (paused !== undefined) await this.#outbox?.send(paused);
  }

  /** Resolves when no POST is in flight. */
  async posted(): Promise<void> {
    await this.#outbox?.posted();
  }

  #logStart({ id, kind, request, binding }: Operation): void {
    const about = { run: id, kind, request: withoutUsers(request), ...sourceAndTarget(binding) };
    this.#context.telemetry.log?.info(about, 'operation started');
  }

  async #reportEnded(): Promise<void> {
    const { ledger, telemetry } = this.#context;
    const kinds = ['migration', 'verification', 'rollback'] as const;
    const pages = await Promise.all(kinds.map((kind) => ledger.list(kind, { limit: newestOfKind })));
    const ended = pages
      .flatMap(({ operations }) => operations)
      .filter(({ state, parent }) => state !== 'running' && parent === undefined);
    const known = this.#knownEnds;
    this.#knownEnds = new Set(ended.map(endNoticeId));
    for (const operation of ended.toReversed()) {
      // It may have ended before this process's first check.
      const isNew =
        known === undefined ? endedSince(operation, this.#since) : !known.has(endNoticeId(operation));
      const isPosted = (await this.#outbox?.isSettled(operation)) ?? true;
      if (!isNew && isPosted) continue;
      const { verificationId } = operation.coordinatorState;
      const notice = endNotice(operation, verificationId ? await ledger.get(verificationId) : undefined);
      if (isNew) {
        // It began and ended between two checks.
        if (operation.id !== this.#running) this.#logStart(operation);
        const { id, state, reason, totals, tasks } = operation;
        const log = telemetry.log?.[state === 'failed' ? 'error' : 'info'].bind(telemetry.log);
        log?.({ run: id, state, reason, totals: withoutDigest(totals), users: tasks }, notice.message);
      }
      if (!isPosted) await this.#outbox?.send(notice);
    }
  }
}

function endedSince({ finishedAt = '' }: Operation, moment: Date): boolean {
  return Date.parse(finishedAt) >= moment.getTime();
}

function sourceAndTarget({ source, target }: Operation['binding']) {
  return { project: source.project, database: source.database, table: target.table };
}

/** Replaces the list of users, which may be long and is confidential, by its length. */
function withoutUsers(request: Operation['request']): object {
  if (!('userIds' in request) || request.userIds === undefined) return request;
  return { ...request, userIds: request.userIds.length };
}

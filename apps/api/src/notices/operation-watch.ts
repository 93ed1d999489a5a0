import { type Operation, withoutDigest } from '@migrator/core';

import type { ApiContext } from '../api-context.ts';
import { NoticeOutbox } from './notice-outbox.ts';
import { endNotice, endNoticeId, pauseNotice } from './notice.ts';
import type { Receiver } from './post-notice.ts';

const everyMs = 1_000;
/** The newest of each kind are looked at; this often too, as a short one may begin and end between two looks. */
const looked = 20;
const listEvery = 5;

/**
 * Tells of each operation's start and end in the log, and of its end and of a pause by an error at NOTIFY_URL, however many
 * API processes there are. What ended while no API ran is told when one is there again.
 */
export function watchOperations(
  context: ApiContext,
  notify: Receiver | undefined,
): { stop(): Promise<void> } {
  const watch = new OperationWatch(context, notify);
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= watch
      .look()
      // Redis is away for a moment, mostly; the next look sees the same.
      .catch((err: unknown) => context.telemetry.log?.debug({ err }, 'the watch over operations failed'))
      .finally(() => {
        looking = undefined;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await watch.posted();
    },
  };
}

class OperationWatch {
  readonly #context: ApiContext;
  readonly #outbox: NoticeOutbox | undefined;
  readonly #since: Date;
  /** Ends that this process knows of; undefined before its first look. */
  #ends: ReadonlySet<string> | undefined;
  #running: string | undefined;
  #looks = 0;

  constructor(context: ApiContext, notify: Receiver | undefined) {
    this.#context = context;
    this.#since = context.now();
    this.#outbox = notify && new NoticeOutbox(context, notify);
  }

  async look(): Promise<void> {
    const { ledger } = this.#context;
    await this.#outbox?.renewClaims();
    const operation = await ledger.current();
    if (operation?.id !== this.#running || this.#looks % listEvery === 0) await this.#lookForEnds();
    this.#looks += 1;
    if (operation !== undefined && operation.id !== this.#running) this.#logStart(operation);
    this.#running = operation?.id;
    const paused = operation === undefined ? undefined : pauseNotice(operation);
    if (paused !== undefined) await this.#outbox?.send(paused);
  }

  /** Posts that are under way. */
  async posted(): Promise<void> {
    await this.#outbox?.posted();
  }

  #logStart({ id, kind, request, binding }: Operation): void {
    const about = { run: id, kind, request: withoutUsers(request), ...sourceAndTarget(binding) };
    this.#context.telemetry.log?.info(about, 'operation started');
  }

  async #lookForEnds(): Promise<void> {
    const { ledger, telemetry } = this.#context;
    const kinds = ['migration', 'verification', 'rollback'] as const;
    const pages = await Promise.all(kinds.map((kind) => ledger.list(kind, { limit: looked })));
    const ended = pages
      .flatMap(({ operations }) => operations)
      .filter(({ state, parent }) => state !== 'running' && parent === undefined);
    const known = this.#ends;
    this.#ends = new Set(ended.map(endNoticeId));
    for (const operation of ended.toReversed()) {
      // Before the first look of this process it may have ended already.
      const isNew =
        known === undefined ? endedSince(operation, this.#since) : !known.has(endNoticeId(operation));
      const isTold = (await this.#outbox?.isSettled(operation)) ?? true;
      if (!isNew && isTold) continue;
      const { verificationId } = operation.coordinatorState;
      const notice = endNotice(operation, verificationId ? await ledger.get(verificationId) : undefined);
      if (isNew) {
        // It began and ended between two looks.
        if (operation.id !== this.#running) this.#logStart(operation);
        const { id, state, reason, totals, tasks } = operation;
        const log = telemetry.log?.[state === 'failed' ? 'error' : 'info'].bind(telemetry.log);
        log?.({ run: id, state, reason, totals: withoutDigest(totals), users: tasks }, notice.message);
      }
      if (!isTold) await this.#outbox?.send(notice);
    }
  }
}

function endedSince({ finishedAt = '' }: Operation, moment: Date): boolean {
  return Date.parse(finishedAt) >= moment.getTime();
}

function sourceAndTarget({ source, target }: Operation['binding']) {
  return { project: source.project, database: source.database, table: target.table };
}

/** A list of users may be long and is confidential: the log gets its length. */
function withoutUsers(request: Operation['request']): object {
  if (!('userIds' in request) || request.userIds === undefined) return request;
  return { ...request, userIds: request.userIds.length };
}

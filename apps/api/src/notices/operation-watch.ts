import { type Operation, withoutDigest } from '@migrator/core';

import type { ApiContext } from '../api-context.ts';
import { endNotice, type Notice, pauseNotice } from './notice.ts';
import { postNotice, type Receiver } from './post-notice.ts';

const everyMs = 1_000;
/** The newest of each kind are looked at; this often too, as a short one may begin and end between two looks. */
const looked = 3;
const listEvery = 5;
/** What ended longer ago, while no API was up, is no news. */
const newsForMs = 60 * 60_000;
/** How long one process's claim keeps the others from telling the same. */
const claimSeconds = { ended: 7 * 24 * 60 * 60, paused: 120 };

/**
 * Tells of each operation's start and end in the log, and of its end and of a pause by an error at NOTIFY_URL: once, however
 * many API processes there are.
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
  readonly #notify: Receiver | undefined;
  readonly #posts = new Set<Promise<void>>();
  /** Ends that this process knows of; undefined before its first look. */
  #ends: ReadonlySet<string> | undefined;
  #running: string | undefined;
  #looks = 0;

  constructor(context: ApiContext, notify: Receiver | undefined) {
    this.#context = context;
    this.#notify = notify;
  }

  async look(): Promise<void> {
    const { ledger, telemetry } = this.#context;
    const operation = await ledger.current();
    if (operation?.id !== this.#running || this.#looks % listEvery === 0) await this.#lookForEnds();
    this.#looks += 1;
    if (operation !== undefined && operation.id !== this.#running) {
      const { id, kind, request, binding } = operation;
      telemetry.log?.info(
        { run: id, kind, request: withoutUsers(request), ...sourceAndTarget(binding) },
        'operation started',
      );
    }
    this.#running = operation?.id;
    const paused = operation === undefined ? undefined : pauseNotice(operation);
    if (paused !== undefined) await this.#tell(paused);
  }

  /** Posts that are under way. */
  async posted(): Promise<void> {
    await Promise.all(this.#posts);
  }

  async #lookForEnds(): Promise<void> {
    const { ledger, telemetry, now } = this.#context;
    const kinds = ['migration', 'verification', 'rollback'] as const;
    const pages = await Promise.all(kinds.map((kind) => ledger.list(kind, { limit: looked })));
    const ended = pages
      .flatMap(({ operations }) => operations)
      .filter(({ state, parent }) => state !== 'running' && parent === undefined);
    const known = this.#ends;
    this.#ends = new Set(ended.map(endOf));
    for (const operation of ended.toReversed()) {
      if (known?.has(endOf(operation)) === true) continue;
      const age = now().getTime() - Date.parse(operation.finishedAt ?? '');
      const { verificationId } = operation.coordinatorState;
      const notice = endNotice(operation, verificationId ? await ledger.get(verificationId) : undefined);
      if (known !== undefined) {
        const { id, state, reason, totals, tasks } = operation;
        const log = telemetry.log?.[state === 'failed' ? 'error' : 'info'].bind(telemetry.log);
        log?.({ run: id, state, reason, totals: withoutDigest(totals), users: tasks }, notice.message);
      }
      if (age < newsForMs) await this.#tell(notice);
    }
  }

  async #tell(notice: Notice): Promise<void> {
    if (this.#notify === undefined || !(await this.#claim(notice))) return;
    const post = this.#post(this.#notify, notice).finally(() => this.#posts.delete(post));
    this.#posts.add(post);
  }

  async #post(receiver: Receiver, notice: Notice): Promise<void> {
    const { stopping, telemetry } = this.#context;
    const about = { run: notice.operationId, notice: notice.event };
    try {
      await postNotice(receiver, notice, stopping);
      telemetry.log?.info(about, 'notice sent');
    } catch (err) {
      telemetry.log?.warn({ ...about, err }, 'notice could not be sent');
    }
  }

  /** Whether this process is the one that tells. A pause stays claimed while it lasts. */
  async #claim({ id, event }: Notice): Promise<boolean> {
    const { redis, prefix } = this.#context;
    const key = `${prefix}:notice:${id}`;
    const isFirst = (await redis.set(key, '1', 'EX', claimSeconds[event], 'NX')) === 'OK';
    if (!isFirst && event === 'paused') await redis.expire(key, claimSeconds.paused);
    return isFirst;
  }
}

function endOf({ id, finishedAt = '' }: Operation): string {
  return `${id} ${finishedAt}`;
}

function sourceAndTarget({ source, target }: Operation['binding']) {
  return { project: source.project, database: source.database, table: target.table };
}

/** A list of users may be long and is confidential: the log gets its length. */
function withoutUsers(request: Operation['request']): object {
  if (!('userIds' in request) || request.userIds === undefined) return request;
  return { ...request, userIds: request.userIds.length };
}

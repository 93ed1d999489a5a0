import type { Operation } from '@migrator/core';

import type { ApiContext } from '../api-context.ts';
import { endNoticeId, type Notice } from './notice.ts';
import { NoticeRefused, postNotice, type Receiver } from './post-notice.ts';

const day = 24 * 60 * 60;
/** Operations that ended longer ago than this are not reported, in seconds. */
const newsForSeconds = 7 * day;
/**
 * How long the record of a sent notice is kept, in seconds: an end for longer than it is reported, a pause while it
 * lasts.
 */
const sentSeconds = { ended: newsForSeconds + day, paused: 120 };
/** The expiry of a claim, in seconds. The posting process renews it. */
const claimSeconds = 20;

/**
 * Sends each notice at least once, and exactly once unless a process ends before it has the response. In Redis a notice
 * is `claimed` by the process that posts it, then `sent`, or `refused` permanently by the receiver. A claim expires if
 * its process was killed, or got no response in all attempts: then the notice is sent again.
 */
export class NoticeOutbox {
  readonly #context: ApiContext;
  readonly #receiver: Receiver;
  readonly #posts = new Map<string, Promise<void>>();
  readonly #settled = new Set<string>();
  readonly #openedAt: number;
  #since: number | undefined;

  constructor(context: ApiContext, receiver: Receiver) {
    this.#context = context;
    this.#receiver = receiver;
    this.#openedAt = context.now().getTime();
  }

  /** Whether no notice of this end is to be sent (any more). */
  async isSettled(operation: Operation): Promise<boolean> {
    const finishedAt = Date.parse(operation.finishedAt ?? '');
    if (this.#settled.has(endNoticeId(operation))) return true;
    const age = this.#context.now().getTime() - finishedAt;
    return age > newsForSeconds * 1_000 || finishedAt < (await this.#firstUse());
  }

  /** Posts the notice in the background, unless another process does or has done so. */
  async send(notice: Notice): Promise<void> {
    const { redis } = this.#context;
    const { id, event } = notice;
    const key = this.#key(id);
    if ((await redis.set(key, 'claimed', 'EX', claimSeconds, 'NX')) === 'OK') {
      const post = this.#post(notice).finally(() => this.#posts.delete(id));
      this.#posts.set(id, post);
      return;
    }
    if ((await redis.get(key)) === 'claimed') return;
    // A pause counts as sent while it lasts.
    if (event === 'paused') await redis.expire(key, sentSeconds.paused);
    else this.#settled.add(id);
  }

  async renewClaims(): Promise<void> {
    for (const id of this.#posts.keys()) await this.#context.redis.expire(this.#key(id), claimSeconds);
  }

  /** Resolves when no POST is in flight. */
  async posted(): Promise<void> {
    await Promise.all(this.#posts.values());
  }

  async #post(notice: Notice): Promise<void> {
    const { redis, stopping, telemetry } = this.#context;
    const about = { run: notice.operationId, notice: notice.event };
    const key = this.#key(notice.id);
    const settle = (how: 'sent' | 'refused') => redis.set(key, how, 'EX', sentSeconds[notice.event]);
    try {
      await postNotice(this.#receiver, notice, stopping);
      telemetry.log?.info(about, 'notice sent');
      await settle('sent');
    } catch (err) {
      telemetry.log?.warn({ ...about, err }, 'notice could not be sent');
      const recorded =
        err instanceof NoticeRefused
          ? settle('refused')
          : stopping.aborted
            ? redis.del(key)
            : redis.expire(key, claimSeconds);
      // If Redis can't be reached the claim expires, and the notice is sent again.
      await recorded.catch(() => undefined);
    }
  }

  /** When notices were first configured for this ledger: earlier ends are not reported. */
  async #firstUse(): Promise<number> {
    const { redis, prefix } = this.#context;
    if (this.#since === undefined) {
      const key = `${prefix}:notices-since`;
      await redis.set(key, String(this.#openedAt), 'NX');
      this.#since = Number(await redis.get(key));
    }
    return this.#since;
  }

  #key(noticeId: string): string {
    return `${this.#context.prefix}:notice:${noticeId}`;
  }
}

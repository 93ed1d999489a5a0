import { createHmac } from 'node:crypto';

import pRetry, { AbortError } from 'p-retry';
import { messageOf } from '@migrator/core';

import type { Notice } from './notice.ts';

const answerLimitMs = 10_000;
/** Retries after 1, 2, 4, 8 and 16 seconds. */
const retries = 5;

export interface Receiver {
  readonly url: string;
  /** The key that signs the body. */
  readonly secret: string;
}

/** The receiver has rejected the notice permanently. */
export class NoticeRefused extends Error {
  override readonly name = 'NoticeRefused';
}

/**
 * Posts a notice, with retries if the receiver is unavailable. Rejects after the last one, or with NoticeRefused if
 * the receiver rejects it permanently.
 */
export async function postNotice(
  { url, secret }: Receiver,
  notice: Notice,
  stopping: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(notice);
  // `fetch` rejects a URL with credentials, so they become a header.
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = {
    'Content-Type': 'application/json',
    'X-Migration-Notice': notice.event,
    'X-Migration-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    ...(user !== ':' && { Authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
  };
  const post = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerLimitMs)]);
    const response = await fetch(address, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal,
    }).catch((error: unknown) => {
      // p-retry does not retry some TypeErrors, because it takes them for bugs.
      throw new Error(`no answer: ${messageOf(error)}`);
    });
    await response.body?.cancel();
    if (response.ok) return;
    const message = `the receiver returned ${response.status}`;
    throw response.status >= 500 || [408, 425, 429].includes(response.status)
      ? new Error(message)
      : new AbortError(new NoticeRefused(message));
  };
  await pRetry(post, { retries, minTimeout: 1_000, factor: 2, signal: stopping });
}

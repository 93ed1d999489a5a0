import { createHmac } from 'node:crypto';

import pRetry, { AbortError } from 'p-retry';
import { messageOf } from '@migrator/core';

import type { Notice } from './notice.ts';

const answerLimitMs = 10_000;
/** Waits of 1, 2, 4, 8 and 16 seconds. */
const retries = 5;

export interface Receiver {
  readonly url: string;
  /** Signs what is posted. */
  readonly secret: string;
}

/** The receiver has answered that it will not take the notice. */
export class NoticeRefused extends Error {
  override readonly name = 'NoticeRefused';
}

/** Posts a notice, again where the receiver can't take it now. Rejects where it never could; with NoticeRefused where it never will. */
export async function postNotice(
  { url, secret }: Receiver,
  notice: Notice,
  stopping: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(notice);
  // Credentials have no place in a URL that fetch takes.
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
      // p-retry takes some TypeErrors for bugs.
      throw new Error(`no answer: ${messageOf(error)}`);
    });
    await response.body?.cancel();
    if (response.ok) return;
    const says = `the receiver answered ${response.status}`;
    throw response.status >= 500 || [408, 425, 429].includes(response.status)
      ? new Error(says)
      : new AbortError(new NoticeRefused(says));
  };
  await pRetry(post, { retries, minTimeout: 1_000, factor: 2, signal: stopping });
}

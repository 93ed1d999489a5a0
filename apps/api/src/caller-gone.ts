import type { Response } from 'express';

/** Aborts when whoever sent the request has gone before its answer: nothing may be started that nobody hears of. */
export function callerGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) gone.abort(new Error('the caller has gone'));
  });
  if (response.closed) gone.abort(new Error('the caller has gone'));
  return gone.signal;
}

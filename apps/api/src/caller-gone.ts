import type { Response } from 'express';

/** Aborts when the caller has gone before its answer: it could not learn of what was started. */
export function callerGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) gone.abort(new Error('the caller has gone'));
  });
  if (response.closed) gone.abort(new Error('the caller has gone'));
  return gone.signal;
}

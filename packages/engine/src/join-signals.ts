export interface JoinedSignals {
  /** Aborts as soon as one of the others does, for its reason. */
  readonly signal: AbortSignal;
  /** Stops watching them. To be called when the work is over. */
  readonly leave: () => void;
}

/**
 * One signal for several, for work whose end is known. `AbortSignal.any` needs no end, but it holds what it makes by weak
 * references, which last until the whole heap is collected, and asks all that it was made of with each look at `aborted`.
 */
export function joinSignals(...signals: readonly AbortSignal[]): JoinedSignals {
  const joined = new AbortController();
  const abort = (): void => joined.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  return {
    signal: joined.signal,
    leave() {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}

/** A signal that aborts so long after the given one: for what is under way, and should end by itself. Call `leave` at its end. */
export function abortLater(signal: AbortSignal, afterMs: number): JoinedSignals {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => later.abort(signal.reason), afterMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: later.signal,
    leave() {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    },
  };
}

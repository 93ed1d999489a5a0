/** Dispose it when the work has ended: that removes the listeners. */
export interface JoinedSignals extends Disposable {
  /** Aborts as soon as one of the others does, for its reason. */
  readonly signal: AbortSignal;
}

/**
 * One signal for several, for work with a known end. `AbortSignal.any` needs no end, but its weak references live
 * until a full collection, and each read of `aborted` checks all its sources.
 */
export function joinSignals(...signals: readonly AbortSignal[]): JoinedSignals {
  const joined = new AbortController();
  const abort = (): void => joined.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  return {
    signal: joined.signal,
    [Symbol.dispose]() {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}

/**
 * A signal that aborts `afterMs` milliseconds after the given one, for calls in flight that should complete.
 */
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
    [Symbol.dispose]() {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    },
  };
}

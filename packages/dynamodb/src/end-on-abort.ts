export interface Endable {
  /** How long it may go on after the abort, milliseconds. */
  readonly graceMs: number;
  end(reason: unknown): void;
}

interface Listener {
  readonly calls: Set<Endable>;
  stop(): void;
}

const listeners = new WeakMap<AbortSignal, Listener>();

/**
 * Ends the call when the signal aborts, until the returned function is called. The signal is listened to once for all
 * its calls, which saves 3 µs a call, and only while there are any: a signal made by `AbortSignal.any` lives as long as
 * what it was made of while anything listens to it, which would be a kilobyte for each user.
 */
export function endOnAbort(signal: AbortSignal, call: Endable): () => void {
  const listener = listeners.get(signal) ?? begin(signal);
  listener.calls.add(call);
  return () => {
    listener.calls.delete(call);
    if (listener.calls.size > 0) return;
    listener.stop();
    listeners.delete(signal);
  };
}

function begin(signal: AbortSignal): Listener {
  const calls = new Set<Endable>();
  const onAbort = (): void => {
    for (const call of calls) {
      if (call.graceMs === 0) call.end(signal.reason);
      else setTimeout(() => calls.has(call) && call.end(signal.reason), call.graceMs).unref();
    }
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const listener: Listener = { calls, stop: () => signal.removeEventListener('abort', onAbort) };
  listeners.set(signal, listener);
  return listener;
}

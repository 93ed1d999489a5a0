export interface Endable {
  /** How long it may go on after the abort, milliseconds. */
  readonly graceMs: number;
  end(reason: unknown): void;
}

interface Watch {
  readonly calls: Set<Endable>;
  stop(): void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Ends the call when the signal aborts, until the returned function is called. The signal is listened to once for all
 * its calls, which saves 3 µs a call, and only while there are any: a signal made by `AbortSignal.any` lives as long as
 * what it was made of while somebody listens to it, which would be a kilobyte for each user.
 */
export function endOnAbort(signal: AbortSignal, call: Endable): () => void {
  const watch = watches.get(signal) ?? begin(signal);
  watch.calls.add(call);
  return () => {
    watch.calls.delete(call);
    if (watch.calls.size > 0) return;
    watch.stop();
    watches.delete(signal);
  };
}

function begin(signal: AbortSignal): Watch {
  const calls = new Set<Endable>();
  const onAbort = (): void => {
    for (const call of calls) {
      if (call.graceMs === 0) call.end(signal.reason);
      else setTimeout(() => calls.has(call) && call.end(signal.reason), call.graceMs).unref();
    }
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const watch: Watch = { calls, stop: () => signal.removeEventListener('abort', onAbort) };
  watches.set(signal, watch);
  return watch;
}

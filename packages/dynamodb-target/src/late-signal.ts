/** How long what is under way may go on after an abort, ms: enough for an answer, short for a person who waits. */
const graceMs = 1_000;

const known = new WeakMap<AbortSignal, AbortSignal>();

/** A signal that aborts a moment after the given one does. One for each, however many calls it is asked for. */
export function lateSignal(signal: AbortSignal): AbortSignal {
  const made = known.get(signal);
  if (made !== undefined) return made;
  const late = new AbortController();
  const abort = (): void => void setTimeout(() => late.abort(signal.reason), graceMs).unref();
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  known.set(signal, late.signal);
  return late.signal;
}

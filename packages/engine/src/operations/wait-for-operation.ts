import { setTimeout as delay } from 'node:timers/promises';

/**
 * The delay before the next poll, as a share of the time waited so far: a short wait ends soon after its operation.
 */
const pollShare = 0.05;
const leastMs = 20;

export interface WaitOptions<View> {
  /** The longest time between two polls, in milliseconds; 200 by default. The first polls come sooner. */
  readonly everyMs?: number;
  /** The longest wait, in milliseconds; no limit by default. */
  readonly limitMs?: number;
  /** When the wait began, by `performance.now()`; now by default. */
  readonly since?: number;
  readonly signal?: AbortSignal;
  /** Called after each poll of an operation that still runs. An error that it throws ends the wait. */
  readonly onPoll?: (running: View) => void | Promise<void>;
  /** Called with an error that a poll threw. The wait continues unless this throws. Without it the error is thrown. */
  readonly onError?: (error: unknown) => void | Promise<void>;
}

/**
 * Waits until an operation has ended, and resolves with the result of the last `poll`, which reads it from the ledger
 * or over HTTP. Also resolves with that when the limit or the signal ends the wait. Undefined for an unknown
 * operation.
 */
export async function waitForOperation<View extends { readonly state: string }>(
  poll: () => Promise<View | undefined>,
  options: WaitOptions<View> = {},
): Promise<View | undefined> {
  const { everyMs = 200, limitMs = Number.POSITIVE_INFINITY, signal, onPoll, onError } = options;
  const begun = performance.now();
  const { since = begun } = options;
  const until = begun + limitMs;
  let view: View | undefined;
  for (;;) {
    const seen = await poll().then(
      (found) => ({ found }),
      async (error: unknown) => {
        if (onError === undefined) throw error;
        await onError(error);
        return undefined;
      },
    );
    if (seen !== undefined) {
      view = seen.found;
      if (view === undefined || view.state !== 'running') return view;
      await onPoll?.(view);
    }
    const now = performance.now();
    const left = until - now;
    if (left <= 0 || signal?.aborted === true) return view;
    const soon = Math.max(leastMs, (now - since) * pollShare);
    await delay(Math.min(everyMs, soon, left), undefined, { signal }).catch(() => undefined);
  }
}

import { setTimeout as delay } from 'node:timers/promises';

/** The share of the time waited so far that passes before the next look: what is soon over is not seen late. */
const patience = 0.05;
const leastMs = 20;

export interface WaitOptions<View> {
  /** Milliseconds from one look to the next at most; 200 by default. The first looks come sooner. */
  readonly everyMs?: number;
  /** Milliseconds; no limit by default. */
  readonly limitMs?: number;
  /** When the wait began, by `performance.now()`; now by default. */
  readonly since?: number;
  readonly signal?: AbortSignal;
  /** Called after each look at an operation that still runs. What it throws ends the wait. */
  readonly onLook?: (running: View) => void | Promise<void>;
  /** Called with what a look threw, which is thrown by default; the wait goes on unless this throws. */
  readonly onError?: (error: unknown) => void | Promise<void>;
}

/**
 * Waits until an operation is over, and resolves with it as `look` sees it: in the ledger, or over HTTP. Resolves with it
 * as it is once the limit or the signal ends the wait, with undefined where it is not known.
 */
export async function waitForOperation<View extends { readonly state: string }>(
  look: () => Promise<View | undefined>,
  options: WaitOptions<View> = {},
): Promise<View | undefined> {
  const { everyMs = 200, limitMs = Number.POSITIVE_INFINITY, signal, onLook, onError } = options;
  const begun = performance.now();
  const { since = begun } = options;
  const until = begun + limitMs;
  let view: View | undefined;
  for (;;) {
    const seen = await look().then(
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
      await onLook?.(view);
    }
    const now = performance.now();
    const left = until - now;
    if (left <= 0 || signal?.aborted === true) return view;
    const soon = Math.max(leastMs, (now - since) * patience);
    await delay(Math.min(everyMs, soon, left), undefined, { signal }).catch(() => undefined);
  }
}

import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions<View> {
  /** Milliseconds from one look to the next; 200 by default. */
  readonly everyMs?: number;
  /** Milliseconds; no limit by default. */
  readonly limitMs?: number;
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
  const until = performance.now() + limitMs;
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
    const left = until - performance.now();
    if (left <= 0 || signal?.aborted === true) return view;
    await delay(Math.min(everyMs, left), undefined, { signal }).catch(() => undefined);
  }
}

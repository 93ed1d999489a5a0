import { waitForOperation } from '@migrator/engine';
import { type ApiClient, ApiError } from '@migrator/runtime/api-client';

import { type ProgressDisplay, progressDisplay } from './progress-display.ts';
import { stepMeter } from './progress-step.ts';
import type { ApiSession } from './api-command.ts';

const silenceLimitMs = 30_000;

interface FollowOptions {
  readonly signal: AbortSignal;
  readonly display: ProgressDisplay;
  /** The total where the API has none. */
  readonly total?: number;
}

/**
 * Shows an operation's progress about twice a second until it has ended; resolves with the last result of `get`. Waits
 * up to half a minute for an unreachable API, then rejects with its ApiError.
 */
export async function followOperation<View extends { readonly state: string }>(
  api: ApiClient,
  get: () => Promise<View>,
  { signal, display, total }: FollowOptions,
): Promise<View> {
  const stepOf = stepMeter(() => performance.now());
  let answeredAt = performance.now();
  const poll = async (): Promise<View> => {
    const { currentStatus } = await api.status();
    const view = await get();
    answeredAt = performance.now();
    const step = view.state === 'running' ? stepOf(currentStatus) : undefined;
    if (step !== undefined) display.show({ ...step, total: step.total ?? total ?? null });
    return view;
  };
  const view = await waitForOperation(poll, {
    everyMs: 500,
    signal,
    onError(error) {
      const refused = error instanceof ApiError && error.status !== undefined && error.status < 500;
      if (!(error instanceof ApiError) || refused || performance.now() - answeredAt > silenceLimitMs)
        throw error;
    },
  });
  signal.throwIfAborted();
  display.finish();
  return view!;
}

/** The same with a display of its own: a bar in a terminal, plain lines in a pipe. */
export async function showUntilEnded<View extends { readonly state: string }>(
  { api, screen, signal }: ApiSession,
  get: () => Promise<View>,
): Promise<View> {
  using display = progressDisplay(screen);
  return await followOperation(api, get, { signal, display });
}

import { type CurrentStatus, type MigrationReport, waitForOperation } from '@migrator/engine';
import { type ApiClient, ApiError } from '@migrator/runtime/api-client';

import { progressDisplay } from './progress-display.ts';
import { stepMeter } from './progress-step.ts';
import type { ApiSession } from './api-command.ts';

const silenceLimitMs = 30_000;

interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (status: CurrentStatus) => void;
}

/**
 * Reports an operation's progress about twice a second until it has ended; resolves with the last result of `get`.
 * Waits up to half a minute for an unreachable API, then rejects with its ApiError.
 */
export async function followOperation<View extends { readonly state: string }>(
  api: ApiClient,
  get: () => Promise<View>,
  { signal, onProgress }: FollowOptions,
): Promise<View> {
  let answeredAt = performance.now();
  const poll = async (): Promise<View> => {
    const { currentStatus } = await api.status();
    const view = await get();
    answeredAt = performance.now();
    if (view.state === 'running') onProgress(currentStatus);
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
  return view!;
}

export async function followRun(
  api: ApiClient,
  migrationId: string,
  options: FollowOptions,
): Promise<MigrationReport> {
  return await followOperation(api, () => api.migration(migrationId), options);
}

/** The same, shown on the screen: a bar in a terminal, plain lines in a pipe. */
export async function showUntilEnded<View extends { readonly state: string }>(
  { api, screen, signal }: ApiSession,
  get: () => Promise<View>,
): Promise<View> {
  using display = progressDisplay(screen);
  const stepOf = stepMeter(() => performance.now());
  const view = await followOperation(api, get, {
    signal,
    onProgress(status) {
      const step = stepOf(status);
      if (step !== undefined) display.show(step);
    },
  });
  display.finish();
  return view;
}

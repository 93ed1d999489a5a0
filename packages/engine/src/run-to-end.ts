import type { Operation } from '@migrator/core';

import type { EngineContext } from './engine-context.ts';
import { runInProcess } from './in-process.ts';
import { type RunProgress, waitForEnd } from './operations/wait-for-end.ts';

export interface RunToEndOptions {
  readonly usersAtOnce: number;
  readonly signal?: AbortSignal | undefined;
  /** Called about once a second. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/**
 * Runs an operation that this process has opened to its end. Rejects with ABORTED when the signal aborts, or with the
 * error that paused it. Then the operation is closed as cancelled.
 */
export async function runToEnd(
  context: EngineContext,
  id: string,
  { usersAtOnce, signal, onProgress }: RunToEndOptions,
): Promise<Operation> {
  const stop = new AbortController();
  const running = runInProcess(context, id, { usersAtOnce, signal: stop.signal });
  const watching = waitForEnd(context.ledger, id, {
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProgress,
  });
  try {
    return await Promise.race([running.then(() => watching), watching]);
  } finally {
    stop.abort();
    await Promise.allSettled([running, watching]);
    // Has no effect on a run that has ended. A stopped one must release the operation lock.
    await context.ledger.close(id, {
      state: 'cancelled',
      now: new Date(),
      reason: 'the application stopped it',
    });
  }
}

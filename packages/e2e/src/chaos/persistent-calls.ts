import { setTimeout as delay } from 'node:timers/promises';

import type { requests } from '@migrator/engine';
import { type ApiClient, ApiError } from '@migrator/runtime';

const pauseMs = 300;

/** Starts a run, with as many tries as it takes; resolves with its id. */
export async function startPersistently(
  client: ApiClient,
  body: requests.StartRequest,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    try {
      return (await client.start(body)).migrationId;
    } catch (error) {
      requireUnavailable(error);
      // The run whose response was lost.
      const running = error.status === 409 ? error.problem?.['migrationId'] : undefined;
      if (typeof running === 'string') return running;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/** Throws all errors except those of an API that is down, or has no Redis, for now. */
export function requireUnavailable(error: unknown): asserts error is ApiError {
  if (!(error instanceof ApiError) || error.status === 404) throw error;
}

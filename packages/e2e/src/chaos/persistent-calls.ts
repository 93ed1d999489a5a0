import { setTimeout as delay } from 'node:timers/promises';

import type { requests } from '@migrator/engine';
import { type ApiClient, ApiError } from '@migrator/runtime';

const pauseMs = 300;

/** Starts a run, however often that has to be asked for; resolves with its id. */
export async function startPersistently(
  client: ApiClient,
  body: requests.StartRequest,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    try {
      return (await client.start(body)).migrationId;
    } catch (error) {
      requireAway(error);
      // A start whose answer got lost is what runs.
      const running = error.status === 409 ? error.problem?.['migrationId'] : undefined;
      if (typeof running === 'string') return running;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/** Throws all but the errors of an API that is dead, or without its Redis, for the moment. */
export function requireAway(error: unknown): asserts error is ApiError {
  if (!(error instanceof ApiError) || error.status === 404) throw error;
}

import { setTimeout as delay } from 'node:timers/promises';

import type { ApiClient } from '@migrator/runtime';

import type { OpenChaosEnvironment } from './open-environment.ts';
import { requireUnavailable } from './persistent-calls.ts';

const pollMs = 300;

/**
 * Wakes workers that have slept past the end of the run, and waits until all report and none has a task left. Answers with
 * the writes that reached the table meanwhile: after an end there must be none.
 */
export async function writesAfterWaking(
  environment: OpenChaosEnvironment,
  client: ApiClient,
): Promise<number> {
  const before = environment.dynamoDbProxy.writes;
  for (const worker of environment.workers) worker.wake();
  for (;;) {
    const status = await client.status().catch(requireUnavailable);
    const { live = 0, tasks = 1 } = status?.currentStatus.workers ?? {};
    if (live >= environment.workers.length && tasks === 0) return environment.dynamoDbProxy.writes - before;
    await delay(pollMs);
  }
}

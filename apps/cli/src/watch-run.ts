import { setTimeout as delay } from 'node:timers/promises';

import type { CurrentStatus, MigrationReport } from '@migrator/engine';

import { ApiError, type MigrationApi } from './migration-api.ts';

const intervalMs = 500;
const silenceLimitMs = 30_000;

/**
 * Tells of a run's progress about twice a second until it has ended; resolves with how it ended. An API that is away
 * for a while is waited for, half a minute at most; then its ApiError is thrown.
 */
export async function watchRun(
  api: MigrationApi,
  migrationId: string,
  options: { signal: AbortSignal; onProgress: (status: CurrentStatus) => void },
): Promise<MigrationReport> {
  let answeredAt = performance.now();
  for (;;) {
    try {
      const { currentStatus, lastMigration } = await api.status();
      answeredAt = performance.now();
      if (currentStatus.state === 'idle' && lastMigration?.migrationId === migrationId) return lastMigration;
      options.onProgress(currentStatus);
    } catch (error) {
      if (!(error instanceof ApiError) || performance.now() - answeredAt > silenceLimitMs) throw error;
    }
    await delay(intervalMs, undefined, { signal: options.signal });
  }
}

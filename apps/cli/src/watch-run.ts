import { type CurrentStatus, type MigrationReport, waitForOperation } from '@migrator/engine';
import { type ApiClient, ApiError } from '@migrator/runtime';

const silenceLimitMs = 30_000;

/**
 * Tells of a run's progress about twice a second until it has ended; resolves with how it ended. An API that is away
 * for a while is waited for, half a minute at most; then its ApiError is thrown.
 */
export async function watchRun(
  api: ApiClient,
  migrationId: string,
  options: { signal: AbortSignal; onProgress: (status: CurrentStatus) => void },
): Promise<MigrationReport> {
  const { signal, onProgress } = options;
  let answeredAt = performance.now();
  const look = async (): Promise<MigrationReport> => {
    const { currentStatus } = await api.status();
    const report = await api.migration(migrationId);
    answeredAt = performance.now();
    if (report.state === 'running') onProgress(currentStatus);
    return report;
  };
  const report = await waitForOperation(look, {
    everyMs: 500,
    signal,
    onError(error) {
      if (!(error instanceof ApiError) || performance.now() - answeredAt > silenceLimitMs) throw error;
    },
  });
  signal.throwIfAborted();
  return report!;
}

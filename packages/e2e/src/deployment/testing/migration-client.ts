import { type MigrationReport, waitForOperation } from '@migrator/engine';
import { type ApiClient, createApiClient } from '@migrator/runtime';
import { vi } from 'vitest';

const limitMs = 60_000;

/** A client for a test that starts one run. */
export class MigrationClient {
  readonly api: ApiClient;
  #id = '';

  constructor(options: Parameters<typeof createApiClient>[0]) {
    this.api = createApiClient(options);
  }

  /** Resolves once the API is ready. */
  async ready(): Promise<void> {
    await this.#patiently(async () => {
      if (!(await this.api.isReady())) throw new Error('/readyz does not say that it is ready');
    });
  }

  /** Starts the run; resolves with its id. */
  async begin(): Promise<string> {
    this.#id = (await this.api.start({ verify: true })).migrationId;
    return this.#id;
  }

  /** Resolves once so many entries of the run are processed, also if it has ended by then. */
  async processed(entries: number): Promise<void> {
    await this.#patiently(async () => {
      const { state, stats } = await this.api.migration(this.#id);
      const done = stats.totalProcessed;
      if (done < entries) throw new Error(`${done} of ${entries} entries are done (${state})`);
    });
  }

  /** Resolves with the run's report once it has ended. */
  async end(): Promise<MigrationReport> {
    let lastError: unknown;
    const report = await waitForOperation(() => this.api.migration(this.#id), {
      limitMs: 150_000,
      onError: (error) => void (lastError = error),
    });
    if (report !== undefined && report.state !== 'running') return report;
    throw new Error(`the run has not ended: ${JSON.stringify(report)}`, { cause: lastError });
  }

  async #patiently(check: () => Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout: limitMs, interval: 100 });
  }
}

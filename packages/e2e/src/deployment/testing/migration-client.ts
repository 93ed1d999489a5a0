import { type MigrationReport, waitForOperation } from '@migrator/engine';
import { ApiClient } from '@migrator/runtime';
import { vi } from 'vitest';

const limitMs = 60_000;

/** An API seen from outside, by a test that starts one run. */
export class MigrationClient extends ApiClient {
  #id = '';

  /** Resolves once it can take work. */
  async ready(): Promise<void> {
    await this.#patiently(async () => {
      if (!(await this.isReady())) throw new Error('/readyz does not say that it is ready');
    });
  }

  /** Starts the run; resolves with its id. */
  async begin(): Promise<string> {
    this.#id = (await this.start({ verify: true })).migrationId;
    return this.#id;
  }

  /** Resolves once so many entries are done. */
  async processed(entries: number): Promise<void> {
    await this.#patiently(async () => {
      const { state, progress } = (await this.status()).currentStatus;
      const done = progress?.processed ?? 0;
      if (done < entries) throw new Error(`${done} of ${entries} entries are done (${state})`);
    });
  }

  /** Resolves with the run's report once it is over. */
  async end(): Promise<MigrationReport> {
    let lastError: unknown;
    const report = await waitForOperation(() => this.migration(this.#id), {
      limitMs: 150_000,
      onError: (error) => void (lastError = error),
    });
    if (report !== undefined && report.state !== 'running') return report;
    throw new Error(`the run is not over: ${JSON.stringify(report)}`, { cause: lastError });
  }

  async #patiently(look: () => Promise<void>): Promise<void> {
    await vi.waitFor(look, { timeout: limitMs, interval: 100 });
  }
}

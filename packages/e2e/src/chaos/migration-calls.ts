import { setTimeout as delay } from 'node:timers/promises';

const basePath = '/api/migration/firestore-to-dynamodb';
const requestLimitMs = 10_000;

export interface RunReport {
  readonly migrationId: string;
  readonly state: string;
  readonly stats: {
    readonly totalProcessed: number;
    readonly successCount: number;
    readonly failureCount: number;
    readonly skippedCount: number;
    readonly createdCount: number;
    readonly repairedCount: number;
    readonly users: { readonly listed: number; readonly completed: number; readonly failed: number };
    readonly errors: readonly { readonly path: string; readonly code: string; readonly message: string }[];
    readonly startTime: string;
  };
  readonly verification: { readonly isValid: boolean; readonly message: string } | null;
}

export interface Status {
  readonly currentStatus: {
    readonly state: string;
    readonly migrationId: string | null;
    readonly workers: { readonly live: number; readonly tasks: number };
    readonly progress: {
      readonly processed: number;
      readonly entriesPerSecond: number;
      readonly reason: string | null;
      readonly pace?: { readonly limitedBy: string };
    } | null;
  };
  readonly lastMigration: RunReport | null;
}

/** Calls of an API that may be dead, or without its Redis, at any moment. */
export class MigrationCalls {
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  /** Starts a run, however often that has to be asked for. */
  async start(body: object = { verify: true }): Promise<void> {
    for (;;) {
      const { status } = await this.call('POST', '/start', body);
      if (status === 202 || status === 409) return;
      await this.#pause();
    }
  }

  async resume(): Promise<void> {
    await this.call('POST', '/resume');
  }

  /** Undefined where there is no answer now. */
  async status(): Promise<Status | undefined> {
    const { status, body } = await this.call('GET', '/status');
    return status === 200 ? (body as Status) : undefined;
  }

  /** Status 0: there was no answer. */
  async call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    this.#signal.throwIfAborted();
    try {
      const response = await fetch(this.#url + basePath + path, {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(requestLimitMs)]),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return { status: 0, body: undefined };
    }
  }

  async #pause(): Promise<void> {
    await delay(300, undefined, { signal: this.#signal });
  }
}

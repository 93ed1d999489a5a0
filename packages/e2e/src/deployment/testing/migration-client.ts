import { vi } from 'vitest';

const basePath = '/api/migration/firestore-to-dynamodb';

export interface Stats {
  readonly totalProcessed: number;
  readonly successCount: number;
  readonly failureCount: number;
  readonly skippedCount: number;
  readonly createdCount: number;
  readonly users: { readonly listed: number; readonly completed: number; readonly failed: number };
}

export interface Report {
  readonly migrationId: string;
  readonly state: string;
  readonly stats: Stats;
  readonly verification: { readonly isValid: boolean } | null;
}

interface Status {
  readonly currentStatus: {
    readonly state: string;
    readonly progress: { readonly processed: number } | null;
  };
  readonly lastMigration: Report | null;
}

/** An API seen from outside. */
export interface MigrationClient {
  /** Resolves once it can take work. */
  ready(): Promise<void>;
  start(body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Resolves once so many entries are done. */
  processed(entries: number): Promise<void>;
  /** Resolves with the last run's report once nothing goes on any more. */
  end(limitMs?: number): Promise<Report>;
}

type Fetch = (path: string, init: RequestInit) => Promise<{ status: number; text: string }>;

/** Speaks to the API by `send`, as somebody who knows the token. */
export function migrationClient(send: Fetch, token: string): MigrationClient {
  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const answer = await send(path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: JSON.parse(answer.text) as unknown };
  }
  async function status(): Promise<Status> {
    const answer = await call('GET', `${basePath}/status`);
    if (answer.status !== 200) throw new Error(`/status answered ${JSON.stringify(answer)}`);
    return answer.body as Status;
  }
  return {
    ready: () =>
      patiently(async () => {
        const answer = await call('GET', '/readyz');
        if (answer.status !== 200) throw new Error(`/readyz answered ${JSON.stringify(answer)}`);
      }, 60_000),
    start: (body = { verify: true }) => call('POST', `${basePath}/start`, body),
    processed: (entries) =>
      patiently(async () => {
        const { currentStatus } = await status();
        const done = currentStatus.progress?.processed ?? 0;
        if (done < entries)
          throw new Error(`${done} of ${entries} entries are done (${currentStatus.state})`);
      }, 60_000),
    end: (limitMs = 150_000) =>
      patiently(async () => {
        const { currentStatus, lastMigration } = await status();
        if (currentStatus.state !== 'idle' || lastMigration === null) {
          throw new Error(`the run is not over: ${JSON.stringify(currentStatus)}`);
        }
        return lastMigration;
      }, limitMs),
  };
}

const patiently = <T>(look: () => Promise<T>, timeout: number): Promise<T> =>
  vi.waitFor(look, { timeout, interval: 100 });

/** By HTTP to an address of this machine. */
export function fetchFrom(origin: string): Fetch {
  return async (path, init) => {
    const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, text: await response.text() };
  };
}

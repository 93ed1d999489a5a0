import type { CurrentStatus, MigrationReport } from '@migrator/engine';

export const basePath = '/api/migration/firestore-to-dynamodb';

const answerLimitMs = 15_000;

interface Status {
  readonly currentStatus: CurrentStatus;
  readonly lastMigration: MigrationReport | null;
}

/** What the API answered, or that it did not; the message is for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The calls of the HTTP API that a person's commands need. All throw an ApiError, or the signal's reason. */
export interface MigrationApi {
  /** Whether the API can take work. */
  isReady(): Promise<boolean>;
  start(): Promise<{ migrationId: string }>;
  status(): Promise<Status>;
}

/** `url`: the API's origin, `http://127.0.0.1:5000`. */
export function migrationApi(url: string, signal: AbortSignal): MigrationApi {
  async function call<T>(method: 'GET' | 'POST', path: string): Promise<T> {
    signal.throwIfAborted();
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(url + path, {
        method,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
      });
      body = await response.json();
    } catch (error) {
      signal.throwIfAborted();
      throw new ApiError(`${method} ${path} had no answer: ${reasonOf(error)}`);
    }
    if (response.ok) return body as T;
    const { detail = response.statusText } = body as { detail?: string };
    throw new ApiError(`${method} ${path} answered ${response.status}: ${detail}`, response.status);
  }

  return {
    async isReady() {
      try {
        await call('GET', '/readyz');
        return true;
      } catch (error) {
        if (error instanceof ApiError) return false;
        throw error;
      }
    },
    start: () => call('POST', `${basePath}/start`),
    status: () => call('GET', `${basePath}/status`),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch` says only that it failed; why stands in its cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}

import { answers, apiBasePath, type requests } from '@migrator/engine';

/** The time limit of a call: longer than the API's checks before a start and its default waits. */
const answerLimitMs = 35_000;

export interface ApiClientOptions {
  /** The URL of the API: `http://127.0.0.1:5000`, or with a BASE_PATH. No slash at the end. */
  readonly url: string;
  /** API_TOKEN or API_READ_TOKEN, if the API requires one. */
  readonly token?: string;
  /** Aborts every call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An error response of the API, an invalid response, or none. The message is for the operator. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; undefined if there was no response. */
  readonly status: number | undefined;
  readonly problem: answers.Problem | undefined;

  constructor(message: string, status?: number, problem?: answers.Problem) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

interface Waiting {
  /** `Prefer: wait=N`: how many seconds the API may wait for the end of the operation that the call starts. */
  readonly waitSeconds?: number;
}

interface Page {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string;
}

/** A client of the HTTP API; see createApiClient. */
export type ApiClient = ReturnType<typeof createApiClient>;

/**
 * Creates a client of the HTTP API. Each call validates the response with its schema, and rejects with an ApiError or
 * the signal's reason.
 */
export function createApiClient(options: ApiClientOptions) {
  const get = <T>(path: string, schema: Schema<T>, wait?: Waiting): Promise<T> =>
    call(options, 'GET', apiBasePath + path, schema, wait);
  const post = <T>(path: string, schema: Schema<T>, request?: Waiting & { body: object }): Promise<T> =>
    call(options, 'POST', apiBasePath + path, schema, request);
  return {
    async isReady(): Promise<boolean> {
      try {
        await call(options, 'GET', '/readyz', answers.health);
        return true;
      } catch (error) {
        if (error instanceof ApiError) return false;
        throw error;
      }
    },

    /** Starts a run, and resolves at once. */
    start: (body: requests.StartRequest = {}) => post('/start', answers.started, { body }),
    /** Starts a run and waits for its end. */
    run: (body: requests.StartRequest, wait: Required<Waiting>) =>
      post('/start', answers.finished, { body, ...wait }),
    retry: (id: string, body: requests.RetryRequest = {}) =>
      post(`/migrations/${id}/retry`, answers.migration, { body }),
    pause: () => post('/pause', answers.status),
    resume: () => post('/resume', answers.status),
    cancel: () => post('/cancel', answers.status),
    /** Sets the limit in write units a second of all workers together; null removes it. */
    pace: (maxWriteUnitsPerSecond: number | null) =>
      call(options, 'PUT', `${apiBasePath}/pace`, answers.status, { body: { maxWriteUnitsPerSecond } }),

    status: () => get('/status', answers.status),
    workers: () => get('/workers', answers.workers),
    /** Counts the entries in Firestore, which bills a read for every 1,000. */
    sourceCount: () => get('/source-count', answers.sourceCount),

    migration: (id: string) => get(`/migrations/${id}`, answers.migration),
    migrations: (page: Page = {}) => get(`/migrations${queryOf(page)}`, answers.migrationsPage),
    failures: (id: string, query: Page & { readonly code?: string } = {}) =>
      get(`/migrations/${id}/failures${queryOf(query)}`, answers.failuresPage),
    /** A page of a run's entries of one kind. */
    entries: (id: string, query: Page & requests.EntriesQuery) =>
      get(`/migrations/${id}/entries${queryOf(query)}`, answers.entriesPage),
    /** The state of one user in a run. */
    user: (id: string, userId: string) =>
      get(`/migrations/${id}/users/${encodeURIComponent(userId)}`, answers.userState),

    verify: ({ mode, ...wait }: Waiting & requests.VerifyQuery = {}) =>
      get(`/verify${queryOf({ mode })}`, answers.verification, wait),
    verification: (id: string, page: Page = {}) =>
      get(`/verifications/${id}${queryOf(page)}`, answers.verification),
    verifications: (page: Page = {}) => get(`/verifications${queryOf(page)}`, answers.verificationsPage),

    rollBack: (body: requests.RollbackRequest, wait: Waiting = {}) =>
      post('/rollback', answers.rollback, { body, ...wait }),
    rollback: (id: string, page: Page = {}) => get(`/rollbacks/${id}${queryOf(page)}`, answers.rollback),
    rollbacks: (page: Page = {}) => get(`/rollbacks${queryOf(page)}`, answers.rollbacksPage),
  };
}

interface Schema<T> {
  parse(answer: unknown): T;
}

async function call<T>(
  { url, token, signal }: ApiClientOptions,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  schema: Schema<T>,
  { body, waitSeconds = 0 }: Waiting & { readonly body?: object } = {},
): Promise<T> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(answerLimitMs + waitSeconds * 1_000);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(waitSeconds > 0 && { Prefer: `wait=${waitSeconds}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError(`${method} ${path} got no response: ${reasonOf(error)}`);
  }
  const { status, statusText, ok } = response;
  const answer = jsonOf(text);
  if (!ok) {
    const problem = answers.problem.safeParse(answer).data;
    const detail = problem?.detail ?? statusText;
    throw new ApiError(`${method} ${path} answered ${status}: ${detail}`, status, problem);
  }
  try {
    return schema.parse(answer);
  } catch (error) {
    const why = answer === undefined ? 'no JSON: this is another program' : reasonOf(error);
    throw new ApiError(`${method} ${path} returned ${status} with an unexpected body: ${why}`, status);
  }
}

function queryOf(query: Readonly<Record<string, string | undefined>> | Page): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The error of `fetch` has the reason in its cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}

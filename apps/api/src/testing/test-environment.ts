import { readConfig } from '@migrator/config';
import {
  createLog,
  createObservation,
  noTracing,
  openQueueContext,
  publishMetrics,
  type QueueContext,
  ServiceMetrics,
} from '@migrator/runtime';
import { createRedact } from '@migrator/core';
import { openTestProject, type TestProject } from '@migrator/devkit/test-project';
import { createMetricsBoard, startWorkers } from '@migrator/queue';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

import { basePath, noTelemetry } from '../api-context.ts';
import { startServer } from '../start-server.ts';

export type Environment = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON that a caller sees; `at` walks into it. */
  readonly body: unknown;
}

/** An API and workers in this process, over the suite's real services, with a prefix, table and project of their own. */
export interface TestEnvironment extends Omit<TestProject, 'addJournals' | 'items'> {
  readonly context: QueueContext;
  readonly firestore: Firestore;
  readonly url: string;
  /** Calls `METHOD /path` below the base path; a body is sent as JSON. */
  call(request: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  addWorker(): { stop(): Promise<void> };
  /** What the API and the workers have logged. */
  readonly lines: readonly string[];
}

export async function openTestEnvironment(
  options: { workers?: number; env?: Environment } = {},
): Promise<TestEnvironment> {
  await using opened = new AsyncDisposableStack();
  const project = opened.use(
    await openTestProject({ createTable: true, env: { PORT: '0', ...options.env } }),
  );
  const { env, table, dynamodb } = project;
  const app = opened.adopt(initializeApp({ projectId: env.GOOGLE_CLOUD_PROJECT }, table), deleteApp);
  const firestore = getFirestore(app);

  const config = readConfig(env);
  const complaints: unknown[] = [];
  const logRateLimited = (error: unknown): void => void complaints.push(error);
  const lines: string[] = [];
  const redact = createRedact(config.secrets);
  const log = await createLog({
    program: 'test',
    level: 'debug',
    pretty: false,
    secrets: config.secrets,
    destination: { write: (line) => void lines.push(line) },
  });
  const telemetry = { ...noTelemetry(), log, redact };
  const context = await openQueueContext(config, 'api', logRateLimited);
  opened.defer(() => context.close());
  const server = await startServer(context, config, telemetry);
  opened.defer(() => server.stop());

  const metrics = new ServiceMetrics('worker');
  const observation = createObservation({ metrics, tracing: noTracing, redact, onRetry: () => undefined });
  const workerContext = await openQueueContext(config, 'worker', logRateLimited, { observation });
  opened.defer(() => workerContext.close());
  const board = createMetricsBoard(workerContext.redis, config.redis.prefix);
  const publication = publishMetrics(board, 'worker', metrics);
  opened.defer(() => publication.stop());
  const running = opened.move();
  const addWorker = (): { stop(): Promise<void> } => {
    const { redis } = workerContext;
    const workers = startWorkers(workerContext, {
      redis,
      prefix: config.redis.prefix,
      concurrency: config.migration.userConcurrency,
      onError: logRateLimited,
      onWork: (event) => log.debug(event, 'work'),
    });
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopping ??= workers.stop());
    running.defer(stop);
    return { stop };
  };
  for (let worker = 0; worker < (options.workers ?? 1); worker += 1) addWorker();

  const call: TestEnvironment['call'] = async (request, { body, headers } = {}) => {
    const [method = 'GET', path = ''] = request.split(' ');
    const response = await fetch(server.url + (path.startsWith('//') ? path.slice(1) : basePath + path), {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(text) as unknown) : text,
    };
  };
  return {
    env,
    context,
    firestore,
    dynamodb,
    url: server.url,
    table,
    call,
    addWorker,
    lines,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The value at `stats.users.listed` of a JSON answer; undefined where there is nothing. */
export function at(body: unknown, path: string): unknown {
  let value = body;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}

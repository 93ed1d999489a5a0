import { randomUUID } from 'node:crypto';

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { openQueueContext, publishMetrics, type QueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { createLog, createObservation, noTracing, ServiceMetrics } from '@migrator/runtime';
import { createRedact } from '@migrator/core';
import { createMetricsBoard, startWorkers } from '@migrator/queue';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { inject } from 'vitest';

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
export interface TestEnvironment extends AsyncDisposable {
  readonly env: Environment;
  readonly context: QueueContext;
  readonly firestore: Firestore;
  readonly dynamodb: DynamoDBClient;
  readonly url: string;
  readonly table: string;
  /** Calls `METHOD /path` below the base path; a body is sent as JSON. */
  call(request: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  addWorker(): { stop(): Promise<void> };
  /** What the API and the workers have logged. */
  readonly lines: readonly string[];
}

export async function openTestEnvironment(
  options: { workers?: number; env?: Environment } = {},
): Promise<TestEnvironment> {
  const unique = randomUUID().slice(0, 8);
  const table = `journals-${unique}`;
  const env: Environment = {
    ...inject('services'),
    GOOGLE_CLOUD_PROJECT: `demo-${unique}`,
    DYNAMODB_TABLE: table,
    QUEUE_PREFIX: `{test-${unique}}`,
    PORT: '0',
    ...options.env,
  };
  const releases: (() => Promise<unknown>)[] = [];
  const release = async (): Promise<void> => {
    for (const one of releases.splice(0).toReversed()) await one();
  };
  try {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const endpoint = inject('services').AWS_ENDPOINT_URL_DYNAMODB;
    const dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
    releases.push(async () => dynamodb.destroy());
    await dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
      }),
    );
    releases.push(() => dynamodb.send(new DeleteTableCommand({ TableName: table })));
    // The answer comes before there is a table to write to.
    const soon = { client: dynamodb, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 };
    await waitUntilTableExists(soon, { TableName: table });

    // Both SDKs look for their credentials and emulators here and nowhere else.
    Object.assign(process.env, inject('services'));
    const app = initializeApp({ projectId: env['GOOGLE_CLOUD_PROJECT'] ?? '' }, unique);
    releases.push(() => deleteApp(app));
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
    releases.push(() => context.close());
    releases.push(async () => {
      const keys = await context.redis.keys(`${config.redis.prefix}:*`);
      for (let index = 0; index < keys.length; index += 1_000)
        await context.redis.unlink(keys.slice(index, index + 1_000));
    });
    const server = await startServer(context, config, telemetry);
    releases.push(() => server.stop());

    const metrics = new ServiceMetrics('worker');
    const observation = createObservation({ metrics, tracing: noTracing, redact, onRetry: () => undefined });
    const workerContext = await openQueueContext(config, 'worker', logRateLimited, { observation });
    releases.push(() => workerContext.close());
    const board = createMetricsBoard(workerContext.redis, config.redis.prefix);
    const publication = publishMetrics(board, 'worker', metrics);
    releases.push(() => publication.stop());
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
      releases.push(stop);
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
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
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

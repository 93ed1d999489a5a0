import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { openQueueContext, type QueueContext } from '@migrator/runtime';
import { readConfig } from '@migrator/config';
import { closeRedis, connectRedis, startWorkers } from '@migrator/queue';
import { fillFirestore, type JournalEntry } from '@migrator/devkit';
import { inject, vi } from 'vitest';

import { executeMigration } from '../execute-migration.ts';
import type { MigrationResult } from '../migration-result.ts';
import type { ExecuteMigrationOptions } from '../options.ts';

/** A Firestore project, a table, a queue prefix and a folder of its own, over the suite's services. */
export interface TestEnvironment extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly table: string;
  readonly folder: string;
  readonly dynamodb: DynamoDBClient;
  /** Writes entries of a user. */
  fill(userId: string, entries: readonly JournalEntry[]): Promise<void>;
  countItems(): Promise<number>;
  /** `executeMigration` with these variables and this state file; without Redis. */
  inProcess(options?: ExecuteMigrationOptions): Promise<MigrationResult>;
  overQueue(options?: ExecuteMigrationOptions): Promise<MigrationResult>;
  /** The queue as another process has it, with variables of its own; closed with the environment. */
  openQueue(env?: Record<string, string | undefined>): Promise<QueueContext>;
  addWorker(context: QueueContext): { stop(): Promise<void> };
}

export async function openTestEnvironment(): Promise<TestEnvironment> {
  const unique = randomUUID().slice(0, 8);
  const table = `journals-${unique}`;
  const services = inject('services');
  const env = {
    ...services,
    GOOGLE_CLOUD_PROJECT: `demo-${unique}`,
    DYNAMODB_TABLE: table,
    QUEUE_PREFIX: `{test-${unique}}`,
  };
  // The AWS SDK looks for credentials nowhere else.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const folder = await mkdtemp(join(tmpdir(), 'migration-'));
  const dynamodb = new DynamoDBClient({ endpoint: env.AWS_ENDPOINT_URL_DYNAMODB, region: env.AWS_REGION });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
    }),
  );
  // The answer comes before there is a table to write to.
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 },
    { TableName: table },
  );
  const config = readConfig(env);
  const releases: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true }),
    async () => dynamodb.destroy(),
    () => dynamodb.send(new DeleteTableCommand({ TableName: table })).catch(ifGone),
    async () => {
      const redis = connectRedis({ url: env.REDIS_URL }, 'ledger', () => undefined);
      const keys = await redis.keys(`${env.QUEUE_PREFIX}*`);
      if (keys.length > 0) await redis.unlink(keys);
      await closeRedis(redis);
    },
  ];

  return {
    env,
    table,
    folder,
    dynamodb,
    async fill(userId, entries) {
      await fillFirestore([{ userId, entries }], {
        emulatorHost: env.FIRESTORE_EMULATOR_HOST,
        projectId: env.GOOGLE_CLOUD_PROJECT,
      });
    },
    async countItems() {
      const { Count } = await dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Count ?? 0;
    },
    inProcess: (options) =>
      executeMigration({ env, redis: false, stateFile: join(folder, 'state.json'), ...options }),
    overQueue: (options) => executeMigration({ env, ...options }),
    async openQueue(own) {
      const context = await openQueueContext(readConfig({ ...env, ...own }), 'worker', () => undefined);
      releases.push(() => context.close());
      return context;
    },
    addWorker(context) {
      const workers = startWorkers(context, {
        redis: context.redis,
        prefix: context.queues.tasks.opts.prefix ?? config.redis.prefix,
        concurrency: 4,
        onError: () => undefined,
      });
      let stopping: Promise<void> | undefined;
      const stop = (): Promise<void> => (stopping ??= workers.stop());
      releases.push(stop);
      return { stop };
    },
    async [Symbol.asyncDispose]() {
      for (const release of releases.toReversed()) await release();
    },
  };
}

function ifGone(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}

/** Small entries of so many days. */
export function days(count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, day) => ({
    date: `day-${String(day).padStart(4, '0')}`,
    fields: { trades: [{ symbol: 'ES', pnl: day / 3 }], summary: { trades: 1 } },
  }));
}

/** An entry that no item can hold. */
export function tooLarge(date: string): JournalEntry {
  return { date, fields: { trades: ['x'.repeat(500_000)] } };
}

import { randomUUID } from 'node:crypto';

import {
  type AttributeValue,
  DeleteTableCommand,
  DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { Redis } from 'ioredis';
import { inject } from 'vitest';

import { fillFirestore } from './fixtures/fill-firestore.ts';
import type { JournalUser } from './fixtures/journals.ts';
import { createHeatmapsTable } from './services/dynamodb.ts';
import type { LocalServicesEnv } from './services/start-local-services.ts';

/** A Firestore project, a table and a queue prefix of a test's own, over the suite's services. */
export interface TestProject extends AsyncDisposable {
  /** The environment that connects a program to all three. */
  readonly env: LocalServicesEnv & { readonly QUEUE_PREFIX: string } & Readonly<Record<string, string>>;
  readonly table: string;
  readonly dynamodb: DynamoDBClient;
  addJournals(users: Iterable<JournalUser>): Promise<void>;
  items(): Promise<Record<string, AttributeValue>[]>;
}

export interface TestProjectOptions {
  /** Creates the table; by default programs do that themselves, with `CREATE_TABLE`. */
  readonly createTable?: boolean;
  /** Further variables, or others. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openTestProject({
  createTable = false,
  env: more,
}: TestProjectOptions = {}): Promise<TestProject> {
  const services = inject('services');
  const unique = randomUUID().slice(0, 8);
  const table = `journals-${unique}`;
  const env = {
    ...services,
    GOOGLE_CLOUD_PROJECT: `demo-${unique}`,
    DYNAMODB_TABLE: table,
    QUEUE_PREFIX: `{test-${unique}}`,
    ...(createTable ? {} : { CREATE_TABLE: 'true' }),
    ...more,
  };
  // The SDKs of this process read them too.
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, FIRESTORE_EMULATOR_HOST } = services;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, FIRESTORE_EMULATOR_HOST });
  const endpoint = services.AWS_ENDPOINT_URL_DYNAMODB;
  if (createTable) await createHeatmapsTable(endpoint, table);
  const dynamodb = new DynamoDBClient({ endpoint, region: services.AWS_REGION });
  return {
    env,
    table,
    dynamodb,
    async addJournals(users) {
      await fillFirestore(users, { ...env, FIRESTORE_EMULATOR_HOST });
    },
    async items() {
      const items: Record<string, AttributeValue>[] = [];
      for await (const { Items = [] } of paginateScan(
        { client: dynamodb },
        { TableName: table, ConsistentRead: true },
      ))
        items.push(...Items);
      const keyOf = (item: (typeof items)[number]): string => item['dateKey']?.S ?? '';
      return items.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)));
    },
    async [Symbol.asyncDispose]() {
      await dynamodb.send(new DeleteTableCommand({ TableName: table })).catch((error: unknown) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      });
      dynamodb.destroy();
      await removeKeys(services.REDIS_URL, env.QUEUE_PREFIX);
    },
  };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${prefix}*`);
    for (let index = 0; index < keys.length; index += 1_000)
      await redis.unlink(keys.slice(index, index + 1_000));
  } finally {
    redis.disconnect();
  }
}

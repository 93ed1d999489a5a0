import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { LocalServicesEnv } from '@migrator/devkit';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

import { expectedItem, itemDifference } from './expected-item.ts';

export interface Comparison {
  readonly entries: number;
  readonly items: number;
  /** Entries without an item. */
  readonly lost: number;
  /** Items that differ from the expected item of their entry. */
  readonly wrong: number;
  /** Items without an entry. */
  readonly unexpected: number;
  /** The first few of all these. */
  readonly examples: readonly string[];
}

const keptExamples = 10;
const usersAtOnce = 4;

/** Compares the whole table with the whole source, both read by their own SDKs and without the proxies. */
export async function compareSourceAndTarget(env: LocalServicesEnv, migratedAt: string): Promise<Comparison> {
  // Google's SDK reads these.
  const { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: projectId } = env;
  Object.assign(process.env, { METADATA_SERVER_DETECTION, FIRESTORE_EMULATOR_HOST });
  const items = await readItems(env);
  const found = items.size;
  const app = initializeApp({ projectId }, `chaos-${process.pid}-${Date.now()}`);
  const counts = { entries: 0, lost: 0, wrong: 0 };
  const examples: string[] = [];
  const example = (line: string): void => {
    if (examples.length < keptExamples) examples.push(line);
  };
  try {
    const firestore = getFirestore(app);
    firestore.settings({ useBigInt: true });
    const users = await firestore.collection('users').listDocuments();
    const compareNext = async (): Promise<void> => {
      for (let user = users.pop(); user !== undefined; user = users.pop()) {
        for (const entry of await readJournal(firestore, user.id)) {
          const expected = expectedItem(entry, migratedAt);
          const key = expected['dateKey']?.S ?? '';
          const item = items.get(key);
          items.delete(key);
          counts.entries += 1;
          if (item === undefined) {
            counts.lost += 1;
            example(`lost: ${key}`);
            continue;
          }
          const at = itemDifference(expected, item);
          if (at === undefined) continue;
          counts.wrong += 1;
          example(`wrong: ${key} at ${at}`);
        }
      }
    };
    await Promise.all(Array.from({ length: usersAtOnce }, compareNext));
  } finally {
    await deleteApp(app);
  }
  for (const key of items.keys()) example(`unexpected: ${key}`);
  return { ...counts, items: found, unexpected: items.size, examples };
}

async function readItems(env: LocalServicesEnv): Promise<Map<string, Record<string, AttributeValue>>> {
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB,
    region: env.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const items = new Map<string, Record<string, AttributeValue>>();
  try {
    for await (const page of paginateScan(
      { client },
      { TableName: env.DYNAMODB_TABLE, ConsistentRead: true },
    )) {
      for (const item of page.Items ?? []) items.set(item['dateKey']?.S ?? '', item);
    }
  } finally {
    client.destroy();
  }
  return items;
}

async function readJournal(firestore: Firestore, userId: string) {
  const journal = await firestore.collection('users').doc(userId).collection('trading-journal').get();
  return journal.docs.map((document) => ({
    userId,
    date: document.id,
    updateTime: document.updateTime,
    fields: document.data(),
  }));
}

import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

import { expectedItem, itemDifference } from './expected-item.ts';

export interface Ends {
  readonly projectId: string;
  readonly dynamoDbEndpoint: string;
  readonly region: string;
  readonly tableName: string;
}

export interface Comparison {
  readonly entries: number;
  readonly items: number;
  /** Entries without an item. */
  readonly lost: number;
  /** Items that are not what their entry has to become. */
  readonly wrong: number;
  /** Items without an entry. */
  readonly unexpected: number;
  /** The first few of all these. */
  readonly examples: readonly string[];
}

const keptExamples = 10;
const usersAtOnce = 4;

/** Compares all of the table with all of the source, both read by their own SDKs. FIRESTORE_EMULATOR_HOST is set. */
export async function compareSourceAndTarget(ends: Ends, migratedAt: string): Promise<Comparison> {
  const items = await readItems(ends);
  const found = items.size;
  const app = initializeApp({ projectId: ends.projectId }, `chaos-${process.pid}-${Date.now()}`);
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

async function readItems(ends: Ends): Promise<Map<string, Record<string, AttributeValue>>> {
  const client = new DynamoDBClient({
    endpoint: ends.dynamoDbEndpoint,
    region: ends.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const items = new Map<string, Record<string, AttributeValue>>();
  try {
    for await (const page of paginateScan({ client }, { TableName: ends.tableName, ConsistentRead: true })) {
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

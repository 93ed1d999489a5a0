import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { initializeApp } from 'firebase-admin/app';
import { type DocumentReference, getFirestore } from 'firebase-admin/firestore';
import pLimit from 'p-limit';
import { onTask } from './on-task.ts';

/**
 * The obvious first program, with the stock SDKs: user by user, get() of all entries, one PutItem after
 * another. `--batched`: four users at once, batches of 25.
 */
const batched = process.argv.includes('--batched');
const tableName = 'bench';
const batchSize = 25;
const usersAtOnce = 4;

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { convertEmptyValues: false, removeUndefinedValues: true },
});

onTask(async (projectId) => {
  const firestore = getFirestore(initializeApp({ projectId }, crypto.randomUUID()));
  const migratedAt = new Date().toISOString();
  const users = await firestore.collection('users').listDocuments();
  if (!batched) {
    let entries = 0;
    for (const user of users) {
      for (const item of await itemsOf(user, migratedAt)) {
        await client.send(new PutCommand({ TableName: tableName, Item: item }));
        entries += 1;
      }
    }
    return entries;
  }
  const limit = pLimit(usersAtOnce);
  const counts = await Promise.all(
    users.map((user) =>
      limit(async () => {
        const items = await itemsOf(user, migratedAt);
        for (let at = 0; at < items.length; at += batchSize) {
          const batch = items.slice(at, at + batchSize).map((Item) => ({ PutRequest: { Item } }));
          await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: batch } }));
        }
        return items.length;
      }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
});

async function itemsOf(user: DocumentReference, migratedAt: string): Promise<Record<string, unknown>[]> {
  const snapshot = await user.collection('trading-journal').get();
  return snapshot.docs.map((document) => ({
    dateKey: `journal_${user.id}_${document.id}`,
    data: {
      userId: user.id,
      date: document.id,
      ...(plain(document.data()) as object),
      metadata: {
        migratedFrom: 'firestore',
        migratedAt,
        originalTimestamp: document.updateTime.toDate().toISOString(),
      },
    },
    updatedAt: migratedAt,
  }));
}

/** Values that the document client can marshall: times and special numbers as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toDate' in value && typeof value.toDate === 'function') return (value.toDate() as Date).toISOString();
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

import type { TestEnvironment } from './test-environment.ts';

export type Item = Record<string, AttributeValue>;

/** Five entries of ann, three of bob. */
export async function fill(environment: TestEnvironment, price: number): Promise<void> {
  for (const [user, count] of [
    ['ann', 5],
    ['bob', 3],
  ] as const) {
    for (let date = 1; date <= count; date += 1)
      await environment.firestore
        .doc(`users/${user}/trading-journal/${date}`)
        .set({ trades: [{ price, date }] });
  }
}

export async function read(environment: TestEnvironment, dateKey: string): Promise<Item> {
  const found = await environment.dynamodb.send(
    new GetItemCommand({ TableName: environment.table, Key: { dateKey: { S: dateKey } } }),
  );
  if (found.Item === undefined) throw new Error(`there is no ${dateKey}`);
  return found.Item;
}

export async function put(environment: TestEnvironment, item: Item): Promise<void> {
  await environment.dynamodb.send(new PutItemCommand({ TableName: environment.table, Item: item }));
}

export async function remove(environment: TestEnvironment, dateKey: string): Promise<void> {
  await environment.dynamodb.send(
    new DeleteItemCommand({ TableName: environment.table, Key: { dateKey: { S: dateKey } } }),
  );
}

export async function change(
  environment: TestEnvironment,
  dateKey: string,
  edit: (item: Item) => void,
): Promise<void> {
  const item = await read(environment, dateKey);
  edit(item);
  await put(environment, item);
}

import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

import type { Stack } from './stack.ts';

export type Item = Record<string, AttributeValue>;

/** Five entries of ann, three of bob. */
export async function fill(stack: Stack, price: number): Promise<void> {
  for (const [user, count] of [
    ['ann', 5],
    ['bob', 3],
  ] as const) {
    for (let date = 1; date <= count; date += 1)
      await stack.firestore.doc(`users/${user}/trading-journal/${date}`).set({ trades: [{ price, date }] });
  }
}

export async function read(stack: Stack, dateKey: string): Promise<Item> {
  const found = await stack.dynamodb.send(
    new GetItemCommand({ TableName: stack.table, Key: { dateKey: { S: dateKey } } }),
  );
  if (found.Item === undefined) throw new Error(`there is no ${dateKey}`);
  return found.Item;
}

export async function put(stack: Stack, item: Item): Promise<void> {
  await stack.dynamodb.send(new PutItemCommand({ TableName: stack.table, Item: item }));
}

export async function remove(stack: Stack, dateKey: string): Promise<void> {
  await stack.dynamodb.send(
    new DeleteItemCommand({ TableName: stack.table, Key: { dateKey: { S: dateKey } } }),
  );
}

export async function change(stack: Stack, dateKey: string, edit: (item: Item) => void): Promise<void> {
  const item = await read(stack, dateKey);
  edit(item);
  await put(stack, item);
}

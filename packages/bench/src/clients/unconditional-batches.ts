import type { CreateResult, EncodedItem, Lease, Target } from '@migrator/core';
import { createDynamoDbTarget } from '@migrator/dynamodb';
import {
  BufferPool,
  createAwsClient,
  put,
  SignedTransport,
  type WriteAction,
} from '@migrator/dynamodb/for-benchmarks';

/**
 * Loaded before a worker (`--import`), so that it creates items with BatchWriteItem, which overwrites what is there. The
 * product never does that: this shows what the condition costs. All else is the worker that users run.
 */
const options = { tableName: process.env['DYNAMODB_TABLE'] ?? '' };
const transport = new SignedTransport(createAwsClient(options), options);
// The product's type has no such action.
const action = 'BatchWriteItem' as WriteAction;
const bodies = new BufferPool();
const head = Buffer.from(
  `{"ReturnConsumedCapacity":"TOTAL","RequestItems":{${JSON.stringify(options.tableName)}:[`,
);
const openItem = Buffer.from('{"PutRequest":{"Item":');
const nextItem = Buffer.from('}},{"PutRequest":{"Item":');
const end = Buffer.from('}}]}}');

interface Answer {
  readonly UnprocessedItems: object;
  readonly ConsumedCapacity: readonly { readonly CapacityUnits: number }[];
}

async function createItems(
  items: readonly EncodedItem[],
  lease: Lease,
  signal?: AbortSignal,
): Promise<CreateResult> {
  let length = head.length + end.length;
  for (const { json } of items) length += nextItem.length + json.length;
  const memory = bodies.take(length);
  let at = put(memory, head, 0);
  for (const [index, { json }] of items.entries())
    at = put(memory, json, put(memory, index === 0 ? openItem : nextItem, at));
  at = put(memory, end, at);
  const answer = await transport.send({
    action,
    body: memory.subarray(0, at),
    lease,
    signal,
    graceMs: 1_000,
  });
  bodies.giveBack(memory);
  const { UnprocessedItems, ConsumedCapacity } = answer.json as Answer;
  if (Object.keys(UnprocessedItems).length > 0) throw new Error('the fake left items unprocessed');
  return { created: items.map(() => true), writeUnits: ConsumedCapacity[0]?.CapacityUnits ?? 0 };
}

const { prototype } = createDynamoDbTarget(options).constructor as { readonly prototype: Target };
Object.assign(prototype, { createItems });

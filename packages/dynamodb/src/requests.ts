import {
  deleteCondition,
  deleteConditionValues,
  type EncodedItem,
  type OwnedItemRef,
  ownershipNames,
  putCondition,
  putConditionValues,
  type ScanRequest,
  type StoredItem,
} from '@migrator/core';
import type { BufferPool } from './buffer-pool.ts';

/** The bodies of DynamoDB's calls, built without sending anything. Items are copied as bytes. */

const returnCapacity = '"ReturnConsumedCapacity":"TOTAL"';

export type Builder<T> = (request: T) => Buffer;

/** A body in pooled memory, which is reused after the response. */
export interface PooledBody {
  readonly body: Buffer;
  readonly memory: Buffer;
}

export type PooledBuilder<T> = (request: T, bodies: BufferPool) => PooledBody;

const closeItem = Buffer.from('}');

/** PutItem with the ownership condition. */
export function putItemBody(tableName: string): PooledBuilder<EncodedItem> {
  const common = JSON.stringify({
    TableName: tableName,
    ConditionExpression: putCondition,
    ExpressionAttributeNames: ownershipNames,
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ReturnConsumedCapacity: 'TOTAL',
  }).slice(0, -1);
  const head = Buffer.from(`${common},"ExpressionAttributeValues":`);
  return (item, bodies) => {
    const values = `${putConditionValues(item)},"Item":`;
    // A character has at most three bytes.
    const memory = bodies.take(head.length + values.length * 3 + item.json.length + closeItem.length);
    let at = put(memory, head, 0);
    at += memory.write(values, at);
    at = put(memory, item.json, at);
    at = put(memory, closeItem, at);
    return { body: memory.subarray(0, at), memory };
  };
}

export function jsonBody(request: object): Buffer {
  return Buffer.from(JSON.stringify(request));
}

/** Copies `bytes` to offset `at`; returns the offset after them. */
export function put(memory: Buffer, bytes: Uint8Array, at: number): number {
  memory.set(bytes, at);
  return at + bytes.length;
}

export function deleteItemBody(tableName: string): Builder<OwnedItemRef> {
  return (ref) =>
    jsonBody({
      TableName: tableName,
      Key: { dateKey: { S: ref.dateKey } },
      ConditionExpression: deleteCondition(ref),
      ExpressionAttributeNames: ownershipNames,
      ExpressionAttributeValues: deleteConditionValues(ref),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ReturnConsumedCapacity: 'TOTAL',
    });
}

/** GetItem, strongly consistent. */
export function getItemBody(tableName: string): Builder<string> {
  return (dateKey) =>
    jsonBody({
      TableName: tableName,
      Key: { dateKey: { S: dateKey } },
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    });
}

/** BatchGetItem, strongly consistent; at most 100 distinct keys. */
export function getBatchBody(tableName: string): Builder<readonly string[]> {
  const head = `{${returnCapacity},"RequestItems":{${JSON.stringify(tableName)}:{"ConsistentRead":true,"Keys":[`;
  return (dateKeys) => {
    const keys = dateKeys.map((dateKey) => `{"dateKey":{"S":${JSON.stringify(dateKey)}}}`);
    return Buffer.from(`${head}${keys.join(',')}]}}}`);
  };
}

export function scanBody(tableName: string): Builder<ScanRequest> {
  return ({ segment, totalSegments, cursor, keysOnly, limit }) =>
    jsonBody({
      TableName: tableName,
      ConsistentRead: true,
      Segment: segment,
      TotalSegments: totalSegments,
      Limit: limit,
      ExclusiveStartKey: cursor === undefined ? undefined : decodeCursor(cursor),
      ReturnConsumedCapacity: 'TOTAL',
      ...(keysOnly === true
        ? {
            ProjectionExpression: 'dateKey, updatedAt, #data.userId, #data.#date, #data.#metadata',
            ExpressionAttributeNames: ownershipNames,
          }
        : {}),
    });
}

export function encodeCursor(lastEvaluatedKey: StoredItem): string {
  return Buffer.from(JSON.stringify(lastEvaluatedKey)).toString('base64url');
}

function decodeCursor(cursor: string): unknown {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString());
}

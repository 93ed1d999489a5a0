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

/** The bodies of DynamoDB's calls, built without sending anything. Items go in as the bytes they are. */

const returnCapacity = '"ReturnConsumedCapacity":"TOTAL"';

/** Texts and ready bytes in turns as one body: measured, then written once. */
function concat(parts: readonly (string | Uint8Array)[]): Buffer {
  let length = 0;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  const body = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      at += body.write(part, at);
    } else {
      body.set(part, at);
      at += part.length;
    }
  }
  return body;
}

const closing = Buffer.from('}');

export type Builder<T> = (request: T) => Buffer;

/** PutItem on the whole ownership condition. */
export function putItemBody(tableName: string): Builder<EncodedItem> {
  const common = JSON.stringify({
    TableName: tableName,
    ConditionExpression: putCondition,
    ExpressionAttributeNames: ownershipNames,
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ReturnConsumedCapacity: 'TOTAL',
  }).slice(0, -1);
  const head = Buffer.from(`${common},"ExpressionAttributeValues":`);
  return (item) => concat([head, `${JSON.stringify(putConditionValues(item))},"Item":`, item.json, closing]);
}

/** BatchWriteItem of puts. */
export function putBatchBody(tableName: string): Builder<readonly EncodedItem[]> {
  const head = `{${returnCapacity},"RequestItems":{${JSON.stringify(tableName)}:[`;
  return (items) => {
    const parts: (string | Uint8Array)[] = [];
    for (const item of items) {
      parts.push(
        parts.length === 0 ? `${head}{"PutRequest":{"Item":` : '}},{"PutRequest":{"Item":',
        item.json,
      );
    }
    return concat([...parts, '}}]}}']);
  };
}

export function deleteItemBody(tableName: string): Builder<OwnedItemRef> {
  return (ref) =>
    Buffer.from(
      JSON.stringify({
        TableName: tableName,
        Key: { dateKey: { S: ref.dateKey } },
        ConditionExpression: deleteCondition(ref),
        ExpressionAttributeNames: ownershipNames,
        ExpressionAttributeValues: deleteConditionValues(ref),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
}

/** GetItem, strongly consistent. */
export function getItemBody(tableName: string): Builder<string> {
  return (dateKey) =>
    Buffer.from(
      JSON.stringify({
        TableName: tableName,
        Key: { dateKey: { S: dateKey } },
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
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
    Buffer.from(
      JSON.stringify({
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
      }),
    );
}

export function encodeCursor(lastEvaluatedKey: StoredItem): string {
  return Buffer.from(JSON.stringify(lastEvaluatedKey)).toString('base64url');
}

function decodeCursor(cursor: string): unknown {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString());
}

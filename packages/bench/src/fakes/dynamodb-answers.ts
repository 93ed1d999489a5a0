import { maxItemsPerBatch } from '@migrator/core';

import type { HttpRequest } from './http-requests.ts';
import { InMemoryTable, textOf } from './in-memory-table.ts';

/** The response to a request. Throws a FakeException where the service returns an exception. */
export type Answers = (request: HttpRequest) => string;

export class FakeException extends Error {
  readonly body: string;

  constructor(name: string, message: string) {
    super(message);
    this.body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });
  }
}

const capacity = (body: Buffer): string =>
  `"ConsumedCapacity":{"TableName":"bench","CapacityUnits":${Math.ceil(body.length / 1024)}}`;
const capacities = (body: Buffer): string =>
  `"ConsumedCapacity":[{"TableName":"bench","CapacityUnits":${Math.ceil(body.length / 1024)}}]`;

const created = '{"TableName":"bench"}';
const statementError = (code: string, message: string): string =>
  `{"Error":${JSON.stringify({ Code: code, Message: message })},"TableName":"bench"}`;
const duplicate = statementError('DuplicateItem', 'Duplicate primary key exists in table');
const emptyKey = statementError('ValidationError', 'An AttributeValue may not contain an empty string');

/** Responses for 0, 1, … statements that all succeeded. */
const allCreated = Array.from(
  { length: maxItemsPerBatch + 1 },
  (_, count) => `"Responses":[${Array<string>(count).fill(created).join(',')}]`,
);

/** A table that accepts everything and stores nothing: for measuring writes. */
export const discarding: Answers = ({ action, body }) => {
  switch (action) {
    case 'PutItem':
    case 'DeleteItem':
      return `{${capacity(body)}}`;
    case 'BatchWriteItem':
      return `{${capacities(body)},"UnprocessedItems":{}}`;
    case 'BatchExecuteStatement':
      return `{${capacities(body)},${allCreated[countStatements(body)]!}}`;
    case 'BatchGetItem':
      return `{${capacities(body)},"Responses":{},"UnprocessedKeys":{}}`;
    case 'Scan':
      return `{${capacity(body)},"Count":0,"Items":[],"ScannedCount":0}`;
    case 'DescribeTable':
      return tableDescription;
    default:
      throw new TypeError(`A fake DynamoDB has no ${action}.`);
  }
};

/** Like `discarding`, but without batches of statements: for measuring writes one by one. */
export const withoutStatements: Answers = (request) => {
  if (request.action === 'BatchExecuteStatement')
    throw new FakeException('UnknownOperationException', 'This fake has no BatchExecuteStatement.');
  return discarding(request);
};

type Item = Parameters<InMemoryTable['put']>[0];
type Attribute = Item[string];

interface Bodies {
  readonly Item: Item;
  readonly Key: Item;
  /** Of a batch of reads, by table. */
  readonly RequestItems: { readonly [table: string]: { readonly Keys: readonly Item[] } };
  /** Of a batch of INSERTs: the values of `dateKey`, `data` and `updatedAt`. */
  readonly Statements: readonly { readonly Parameters: readonly Attribute[] }[];
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ProjectionExpression?: string;
}

/** A table that stores items: for measuring reads. */
export function keeping(): Answers {
  const table = new InMemoryTable();
  return (request) => {
    const { action, body } = request;
    const parsed = JSON.parse(body.toString()) as Bodies;
    switch (action) {
      case 'PutItem':
        table.put(parsed.Item);
        return `{${capacity(body)}}`;
      case 'DeleteItem':
        table.delete(textOf(parsed.Key['dateKey']));
        return `{${capacity(body)}}`;
      case 'BatchWriteItem':
        for (const { PutRequest } of putsOf(parsed)) table.put(PutRequest.Item);
        return `{${capacities(body)},"UnprocessedItems":{}}`;
      case 'BatchExecuteStatement': {
        const answers = parsed.Statements.map(({ Parameters: [dateKey, data, updatedAt] }) => {
          if (textOf(dateKey) === '') return emptyKey;
          return table.create({ dateKey: dateKey!, data: data!, updatedAt: updatedAt! })
            ? created
            : duplicate;
        });
        return `{${capacities(body)},"Responses":[${answers.join(',')}]}`;
      }
      case 'BatchGetItem': {
        const keys = Object.values(parsed.RequestItems).flatMap(({ Keys }) => Keys);
        const items = table.get(keys.map((key) => textOf(key['dateKey'])));
        return `{${capacities(body)},"Responses":{"bench":[${items.join(',')}]},"UnprocessedKeys":{}}`;
      }
      case 'Scan': {
        const { items, last } = table.scan({
          segment: parsed.Segment ?? 0,
          of: parsed.TotalSegments ?? 1,
          after:
            parsed.ExclusiveStartKey === undefined ? undefined : textOf(parsed.ExclusiveStartKey['dateKey']),
          limit: parsed.Limit ?? 400,
          whole: parsed.ProjectionExpression === undefined,
        });
        const more =
          last === undefined ? '' : `,"LastEvaluatedKey":{"dateKey":{"S":${JSON.stringify(last)}}}`;
        return `{${capacity(body)},"Count":${items.length},"Items":[${items.join(',')}]${more}}`;
      }
      default:
        return discarding(request);
    }
  };
}

function putsOf({
  RequestItems,
}: object & { RequestItems: object }): readonly { PutRequest: { Item: Item } }[] {
  return Object.values(RequestItems).flat() as { PutRequest: { Item: Item } }[];
}

const tableDescription = JSON.stringify({
  Table: {
    TableName: 'bench',
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ItemCount: 0,
    TableSizeBytes: 0,
  },
});

// In a string the quotes are escaped, and an attribute of this name has no string value.
const opening = Buffer.from('{"Statement":"');
/** An INSERT of ours, as JSON, is longer. */
const shortest = 100;

/** How many statements the body of a BatchExecuteStatement has, without parsing it. */
function countStatements(body: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(opening); at >= 0; at = body.indexOf(opening, at + shortest)) count += 1;
  return count;
}
